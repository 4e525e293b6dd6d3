@NullMarked
package dev.teletun.protocol.message;

import org.jspecify.annotations.NullMarked;
