/** The unit of the AF_UNIX socket and of every batch of packets. Knows no descriptor. */
@NullMarked
package dev.teletun.protocol.frame;

import org.jspecify.annotations.NullMarked;
