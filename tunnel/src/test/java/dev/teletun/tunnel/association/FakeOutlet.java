package dev.teletun.tunnel.association;

import dev.teletun.linux.udp.UdpPeer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Remembers what leaves. */
final class FakeOutlet implements Outlet {
  /** Where to, in order. */
  final List<UdpPeer> peers = new ArrayList<>();

  /** What, in order. */
  final List<byte[]> datagrams = new ArrayList<>();

  /** How many of them whole. */
  int whole;

  @Override
  public void send(UdpPeer to, byte[] bytes, int at, int length) {
    peers.add(to);
    datagrams.add(Arrays.copyOfRange(bytes, at, at + length));
  }

  @Override
  public void sendWhole(UdpPeer to, byte[] bytes, int at, int length) {
    whole++;
    send(to, bytes, at, length);
  }
}
