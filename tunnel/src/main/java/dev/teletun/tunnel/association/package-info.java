/** Which association a datagram belongs to, and which one may be sent on. Knows no TUN. */
@NullMarked
package dev.teletun.tunnel.association;

import org.jspecify.annotations.NullMarked;
