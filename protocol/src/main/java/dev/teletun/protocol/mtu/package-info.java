/** How large a packet may be inside and outside the tunnel, and what is done with a larger one. */
@NullMarked
package dev.teletun.protocol.mtu;

import org.jspecify.annotations.NullMarked;
