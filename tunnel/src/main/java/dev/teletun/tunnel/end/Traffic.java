package dev.teletun.tunnel.end;

import java.util.LinkedHashMap;
import java.util.Map;

/** How many packets of IP went through one end, and how many bytes. Loop thread only. */
final class Traffic {
  private long packetsToPeer;
  private long bytesToPeer;
  private long packetsFromPeer;
  private long bytesFromPeer;
  private long largerThanPath;

  void toPeer(int bytes) {
    packetsToPeer++;
    bytesToPeer += bytes;
  }

  /** The packet to the peer is larger than the path carries in one datagram. */
  void largerThanPath() {
    largerThanPath++;
  }

  long countLargerThanPath() {
    return largerThanPath;
  }

  void fromPeer(int bytes) {
    packetsFromPeer++;
    bytesFromPeer += bytes;
  }

  Map<String, Long> packets() {
    return bothWays(packetsToPeer, packetsFromPeer);
  }

  Map<String, Long> bytes() {
    return bothWays(bytesToPeer, bytesFromPeer);
  }

  private static Map<String, Long> bothWays(long to, long from) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("to_peer", to);
    counts.put("from_peer", from);
    return counts;
  }
}
