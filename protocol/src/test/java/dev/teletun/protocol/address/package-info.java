@NullMarked
package dev.teletun.protocol.address;

import org.jspecify.annotations.NullMarked;
