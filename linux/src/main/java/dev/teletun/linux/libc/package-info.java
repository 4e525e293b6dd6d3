/** libc through JNA, and what its errors mean. */
@NullMarked
package dev.teletun.linux.libc;

import org.jspecify.annotations.NullMarked;
