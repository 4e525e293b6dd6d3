/** Tests of {@link dev.teletun.tunnel.transport} over loopback sockets. */
@NullMarked
package dev.teletun.tunnel.transport;

import org.jspecify.annotations.NullMarked;
