/** Tests of AF_UNIX sockets, with real ones. */
@NullMarked
package dev.teletun.linux.unix;

import org.jspecify.annotations.NullMarked;
