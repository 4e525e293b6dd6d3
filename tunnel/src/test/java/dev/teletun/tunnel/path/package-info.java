/** Tests of {@link dev.teletun.tunnel.path} over loopback sockets. */
@NullMarked
package dev.teletun.tunnel.path;

import org.jspecify.annotations.NullMarked;
