@NullMarked
package dev.teletun.protocol.data;

import org.jspecify.annotations.NullMarked;
