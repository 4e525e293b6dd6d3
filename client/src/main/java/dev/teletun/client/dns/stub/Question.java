package dev.teletun.client.dns.stub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The one question of a DNS message (RFC 1035 §4.1.2).
 *
 * @param name lower case, labels separated by dots, without the final one; empty for the root;
 *     bytes that are no host name characters as {@code \DDD} (RFC 1035 §5.1)
 * @param nameEnd offset of the type, just after the name
 * @param end offset of what follows the question
 */
public record Question(String name, int type, int dnsClass, int nameEnd, int end) {
  private static final int LARGEST_LABEL = 63; // RFC 1035 §2.3.4
  private static final int LARGEST_NAME = 255;

  /** Reads the question; empty if there is not exactly one, or it is broken or cut. */
  static Optional<Question> parse(byte[] message) {
    if (message.length < DnsHeader.BYTES || DnsHeader.questions(message) != 1) {
      return Optional.empty();
    }
    StringBuilder name = new StringBuilder();
    int at = DnsHeader.BYTES;
    while (at < message.length && message[at] != 0) {
      int label = message[at] & 0xff; // more than 63 is a compression pointer: to nowhere, here
      if (label > LARGEST_LABEL || at + 1 + label > message.length) {
        return Optional.empty();
      }
      name.append(name.isEmpty() ? "" : ".");
      appendLabel(name, message, at + 1, label);
      at += 1 + label;
    }
    int nameEnd = at + 1;
    if (nameEnd + 4 > message.length || nameEnd - DnsHeader.BYTES > LARGEST_NAME) {
      return Optional.empty();
    }
    int type = DnsHeader.u16(message, nameEnd);
    int dnsClass = DnsHeader.u16(message, nameEnd + 2);
    return Optional.of(new Question(name.toString(), type, dnsClass, nameEnd, nameEnd + 4));
  }

  /** True if both ask the same, whatever the case of the letters. */
  boolean sameAs(Question other) {
    return type == other.type && dnsClass == other.dnsClass && name.equals(other.name);
  }

  /** The query with another name in the question and everything else as it was. */
  byte[] renamed(byte[] query, String otherName) {
    byte[] wire = wireName(otherName);
    return ByteBuffer.allocate(query.length - (nameEnd - DnsHeader.BYTES) + wire.length)
        .put(query, 0, DnsHeader.BYTES)
        .put(wire)
        .put(query, nameEnd, query.length - nameEnd)
        .array();
  }

  int dots() {
    return (int) name.chars().filter(c -> c == '.').count();
  }

  /**
   * A host name as length-prefixed labels.
   *
   * @throws IllegalArgumentException if a label or the name is too long, or a label is empty
   */
  public static byte[] wireName(String hostName) {
    ByteBuffer wire = ByteBuffer.allocate(hostName.length() + 2);
    for (String label : hostName.split("\\.", -1)) {
      byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
      if (bytes.length == 0 || bytes.length > LARGEST_LABEL) {
        throw new IllegalArgumentException("\"" + hostName + "\" has an empty or too long label");
      }
      wire.put((byte) bytes.length).put(bytes);
    }
    wire.put((byte) 0);
    if (wire.position() > LARGEST_NAME) {
      throw new IllegalArgumentException("\"" + hostName + "\" is longer than 253 characters");
    }
    return Arrays.copyOf(wire.array(), wire.position());
  }

  private static void appendLabel(StringBuilder name, byte[] message, int at, int length) {
    for (int i = at; i < at + length; i++) {
      char c = (char) (message[i] & 0xff);
      if (c >= 'A' && c <= 'Z') {
        name.append((char) (c + ('a' - 'A')));
      } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
        name.append(c);
      } else {
        name.append(String.format(Locale.ROOT, "\\%03d", (int) c));
      }
    }
  }
}
