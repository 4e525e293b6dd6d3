package dev.teletun.client.dns.way;

import dev.teletun.protocol.address.Prefix;
import java.util.ArrayList;
import java.util.List;

/** The zones that hold the reverse names of a prefix (RFC 1035 §3.5, RFC 3596 §2.5). */
final class ReverseZones {
  private ReverseZones() {}

  /** The fewest zones that together are the prefix: at most 128, none for the whole Internet. */
  static List<String> of(Prefix prefix) {
    int labelBits = prefix.isIpv6() ? 4 : 8;
    int labels = (prefix.length() + labelBits - 1) / labelBits;
    List<String> zones = new ArrayList<>();
    if (labels == 0) {
      return zones;
    }
    int[] digits = digits(prefix.network().getAddress(), labelBits);
    int first = digits[labels - 1];
    int count = 1 << (labels * labelBits - prefix.length());
    for (int i = 0; i < count; i++) {
      digits[labels - 1] = first + i;
      StringBuilder zone = new StringBuilder();
      for (int label = labels - 1; label >= 0; label--) {
        zone.append(Integer.toString(digits[label], prefix.isIpv6() ? 16 : 10)).append('.');
      }
      zones.add(zone.append(prefix.isIpv6() ? "ip6.arpa" : "in-addr.arpa").toString());
    }
    return zones;
  }

  private static int[] digits(byte[] address, int bits) {
    int perByte = 8 / bits;
    int[] digits = new int[address.length * perByte];
    for (int i = 0; i < digits.length; i++) {
      int shift = 8 - bits * (i % perByte + 1);
      digits[i] = (address[i / perByte] >> shift) & ((1 << bits) - 1);
    }
    return digits;
  }
}
