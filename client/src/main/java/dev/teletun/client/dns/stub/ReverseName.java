package dev.teletun.client.dns.stub;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.util.Optional;

/** The prefix that a name under in-addr.arpa or ip6.arpa stands for (RFC 1035 §3.5, RFC 3596). */
final class ReverseName {
  private static final String V4 = ".in-addr.arpa";
  private static final String V6 = ".ip6.arpa";

  private ReverseName() {}

  /** Reads a lower-case name; empty if it is no reverse name of an address or prefix. */
  static Optional<Prefix> parse(String name) {
    if (name.endsWith(V4)) {
      return parse(name.substring(0, name.length() - V4.length()), 4, 8, 10);
    }
    if (name.endsWith(V6)) {
      return parse(name.substring(0, name.length() - V6.length()), 16, 4, 16);
    }
    return Optional.empty();
  }

  private static Optional<Prefix> parse(String labels, int bytes, int bitsEach, int radix) {
    String[] reversed = labels.split("\\.", -1);
    if (reversed.length * bitsEach > bytes * 8) {
      return Optional.empty();
    }
    byte[] address = new byte[bytes];
    for (int i = 0; i < reversed.length; i++) {
      String label = reversed[reversed.length - 1 - i];
      int value =
          label.matches(radix == 10 ? "\\d{1,3}" : "[0-9a-f]")
              ? Integer.parseInt(label, radix)
              : -1;
      if (value < 0 || value >= 1 << bitsEach) {
        return Optional.empty();
      }
      int bit = i * bitsEach;
      address[bit / 8] |= (byte) (value << (8 - bitsEach - bit % 8));
    }
    return Optional.of(new Prefix(Addresses.ofBytes(address), reversed.length * bitsEach));
  }
}
