package dev.teletun.tunnel.path;

import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.mtu.PathMtu;
import dev.teletun.protocol.mtu.TunMtu;
import dev.teletun.protocol.mtu.Underlay;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What the kernel knows of the path to a peer: the route's MTU, lowered by ICMP it received. */
public record KernelPath(PathMtu pathMtu, Underlay underlay) {

  /** Asks by a connected socket of its own, which sends nothing. */
  public static KernelPath to(InetSocketAddress peer) throws IOException {
    try (UdpSocket probe = UdpSocket.connect(peer)) {
      // Linux says 65,536 of loopback to IPv6 sockets, and caps it for IPv4 ones.
      int bytes = Math.min(probe.pathMtu(), TunMtu.MAXIMUM);
      return new KernelPath(new PathMtu(bytes), underlay(peer.getAddress()));
    }
  }

  private static Underlay underlay(InetAddress peer) {
    return peer instanceof Inet6Address ? Underlay.IPV6 : Underlay.IPV4;
  }

  /** The largest packet that goes into the tunnel whole; never below what IPv6 needs. */
  public TunMtu tunnelMtu() {
    return TunMtu.fitting(pathMtu, underlay);
  }

  /**
   * True if the path carries less than IPv6 needs inside, so that outer datagrams are fragmented.
   */
  public boolean fragmentsOutside() {
    return tunnelMtu().needsOuterFragments(pathMtu, underlay);
  }

  /**
   * The largest packet in bytes that leaves in one unfragmented datagram: what a router here
   * answers "too big" with. Less than {@link #tunnelMtu} on a path that is too small for IPv6.
   */
  public int largestWhole() {
    return TunMtu.unfragmentedBytes(pathMtu, underlay);
  }
}
