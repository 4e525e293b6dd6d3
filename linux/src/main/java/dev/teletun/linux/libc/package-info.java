/**
 * libc through JNA, and what its errors mean. The other packages of this module build on it; none
 * outside should.
 */
@NullMarked
package dev.teletun.linux.libc;

import org.jspecify.annotations.NullMarked;
