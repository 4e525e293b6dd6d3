/** Tests of the calls into libc, against the real one. */
@NullMarked
package dev.teletun.linux.libc;

import org.jspecify.annotations.NullMarked;
