/** An association over real sockets, for the fuzzer. */
@NullMarked
package dev.teletun.tunnel.association;

import org.jspecify.annotations.NullMarked;
