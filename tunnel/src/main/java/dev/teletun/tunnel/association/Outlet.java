package dev.teletun.tunnel.association;

import dev.teletun.linux.udp.UdpPeer;

/** Where a link's datagrams leave; each may be lost. Loop thread only. */
interface Outlet {
  /** Sends one datagram. */
  void send(UdpPeer to, byte[] bytes, int at, int length);

  /** The same, but nobody on the way may fragment it. */
  void sendWhole(UdpPeer to, byte[] bytes, int at, int length);
}
