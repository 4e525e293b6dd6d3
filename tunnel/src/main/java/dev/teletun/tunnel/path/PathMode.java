package dev.teletun.tunnel.path;

import dev.teletun.linux.udp.Fragmentation;
import dev.teletun.protocol.mtu.TunMtu;

/** Whether IP may fragment the tunnel's datagrams. */
public final class PathMode {
  private PathMode() {}

  /**
   * Only where IPv6 packets inside could not be carried otherwise. What probes have measured counts
   * more than what the kernel believes of the path, for which a forged ICMP message is enough.
   *
   * @param largestWhole bytes of the largest inner packet that the path carries
   * @param probed true if that was, or is being, measured by probes
   */
  public static Fragmentation of(int largestWhole, boolean probed) {
    if (largestWhole < TunMtu.MINIMUM) {
      return Fragmentation.ALLOWED;
    }
    return probed ? Fragmentation.PROBING : Fragmentation.FORBIDDEN;
  }
}
