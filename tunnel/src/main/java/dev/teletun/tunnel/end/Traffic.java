package dev.teletun.tunnel.end;

import java.util.LinkedHashMap;
import java.util.Map;

/** How many packets of IP went through one end, and how many bytes. Loop thread only. */
final class Traffic {
  // What a record leaves of the 1280 bytes that every path carries (RFC 8200 §5), and a little
  // less.
  private static final int CARRIED_BY_ALL = 1_180;

  private long packetsToPeer;
  private long bytesToPeer;
  private long packetsFromPeer;
  private long bytesFromPeer;
  private long largerThanPath;
  private long large;

  void toPeer(int bytes) {
    packetsToPeer++;
    bytesToPeer += bytes;
    if (bytes > CARRIED_BY_ALL) {
      large++;
    }
  }

  /** Packets to the peer. */
  long toPeer() {
    return packetsToPeer;
  }

  /** Packets to the peer that not every path carries whole. */
  long largeToPeer() {
    return large;
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
