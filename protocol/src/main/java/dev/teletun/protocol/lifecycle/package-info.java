/** Who closes what, and in which order. */
@NullMarked
package dev.teletun.protocol.lifecycle;

import org.jspecify.annotations.NullMarked;
