/** Packets in batches over a TUN device or over AF_UNIX frames. */
@NullMarked
package dev.teletun.linux.port;

import org.jspecify.annotations.NullMarked;
