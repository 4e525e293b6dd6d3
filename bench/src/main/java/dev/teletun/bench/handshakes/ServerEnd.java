package dev.teletun.bench.handshakes;

import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.tunnel.association.ServerAssociations;
import dev.teletun.tunnel.association.UdpTransport;

/** Hears what the server's associations tell, and passes on what came with a handshake's end. */
final class ServerEnd implements ServerAssociations.Listener {
  private Runnable feed = () -> {};

  void hears(ServerAssociations server, UdpTransport transport) {
    feed = () -> transport.feed(server::feedLeftover);
  }

  @Override
  public void leftover() {
    feed.run();
  }

  @Override
  public void associated(UdpPeer peer) {}

  @Override
  public void moved(UdpPeer peer) {}

  @Override
  public void probed(int size) {}

  @Override
  public void peerClosed() {}

  @Override
  public void switched(int number, boolean first) {}

  @Override
  public void expired() {}
}
