/** One end of a tunnel, the same for both sides: wires a packet port to the peer. Nothing else. */
@NullMarked
package dev.teletun.tunnel.end;

import org.jspecify.annotations.NullMarked;
