package dev.teletun.tunnel.association;

import dev.teletun.protocol.message.Token;

/** What the peer says between packets and is not answered at once. Loop thread only. */
interface Said {
  /** The client shows its session's token. */
  default void hello(Link on, Token token) {}

  /** The server has accepted the token. */
  default void helloAck(Link on) {}

  /** The peer is there. */
  default void echoAck(Link on, int id) {}

  /** A probe of {@code size} bytes arrived. */
  default void probeAck(Link on, int id, int size) {}

  /** The peer's first packet or its last on this association, for the {@code number}th switch. */
  default void switched(Link on, int number, boolean first) {}

  /** The peer's newest record came from another address. */
  default void moved(Link link) {}
}
