/** How large a packet may be inside and outside the tunnel, and why. */
@NullMarked
package dev.teletun.protocol.mtu;

import org.jspecify.annotations.NullMarked;
