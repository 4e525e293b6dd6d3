package dev.teletun.tunnel.association;

import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import java.io.IOException;

/** A socket, which the caller keeps. */
record SocketOutlet(UdpSocket socket) implements Outlet {
  @Override
  public void send(UdpPeer to, byte[] bytes, int at, int length) {
    socket.send(to, bytes, at, length, length);
  }

  @Override
  public void sendWhole(UdpPeer to, byte[] bytes, int at, int length) {
    try {
      socket.sendWhole(to, bytes, at, length);
    } catch (IOException _) {
      // setsockopt(2) failed: it was not sent, and will be taken for lost.
    }
  }
}
