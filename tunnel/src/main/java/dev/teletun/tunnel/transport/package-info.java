/** Ways for packets to the peer, all alike for who sends, and trains of records. */
@NullMarked
package dev.teletun.tunnel.transport;

import org.jspecify.annotations.NullMarked;
