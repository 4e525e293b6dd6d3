package dev.teletun.linux.netlink;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The attributes of a message or of another attribute ({@code struct nlattr}), by type. Views of
 * the received bytes: valid as long as those are.
 */
public final class Attributes {
  private static final int HEADER_BYTES = 4;
  private static final int TYPE_MASK = 0x3FFF; // NLA_TYPE_MASK: without NESTED and NET_BYTEORDER

  private final Map<Integer, ByteBuffer> byType = new HashMap<>();

  private Attributes() {}

  /**
   * Reads what remains of {@code bytes}, whose position does not move. Of attributes with the same
   * type the last counts.
   *
   * @throws MalformedMessageException if a length points outside
   */
  public static Attributes of(ByteBuffer bytes) throws MalformedMessageException {
    ByteBuffer rest = bytes.slice().order(ByteOrder.nativeOrder());
    Attributes found = new Attributes();
    while (rest.remaining() >= HEADER_BYTES) {
      int at = rest.position();
      int length = Short.toUnsignedInt(rest.getShort(at));
      int type = Short.toUnsignedInt(rest.getShort(at + 2)) & TYPE_MASK;
      if (length < HEADER_BYTES || length > rest.remaining()) {
        throw new MalformedMessageException(
            "netlink attribute %d claims %d of the %d bytes left"
                .formatted(type, length, rest.remaining()));
      }
      ByteBuffer value = rest.slice(at + HEADER_BYTES, length - HEADER_BYTES);
      found.byType.put(type, value.order(ByteOrder.nativeOrder()));
      rest.position(Math.min(at + ((length + 3) & ~3), rest.limit()));
    }
    return found;
  }

  /** The value's bytes; the caller's own position. */
  public Optional<ByteBuffer> bytes(int type) {
    return Optional.ofNullable(byType.get(type))
        .map(value -> value.duplicate().order(ByteOrder.nativeOrder()));
  }

  /** A value of four bytes in native order; empty if it is not there. */
  public OptionalInt u32(int type) throws MalformedMessageException {
    return has(type) ? OptionalInt.of(sized(type, 4).getInt(0)) : OptionalInt.empty();
  }

  /** A value of four bytes in network order. */
  public OptionalInt bigEndianU32(int type) throws MalformedMessageException {
    return has(type)
        ? OptionalInt.of(sized(type, 4).order(ByteOrder.BIG_ENDIAN).getInt(0))
        : OptionalInt.empty();
  }

  /** A value of two bytes in network order. */
  public OptionalInt bigEndianU16(int type) throws MalformedMessageException {
    return has(type)
        ? OptionalInt.of(
            Short.toUnsignedInt(sized(type, 2).order(ByteOrder.BIG_ENDIAN).getShort(0)))
        : OptionalInt.empty();
  }

  /** A value of one byte. */
  public OptionalInt u8(int type) throws MalformedMessageException {
    return has(type) ? OptionalInt.of(sized(type, 1).get(0) & 0xFF) : OptionalInt.empty();
  }

  /** Text up to its NUL or its end. */
  public Optional<String> text(int type) {
    return bytes(type)
        .map(value -> {
          String text = StandardCharsets.UTF_8.decode(value).toString();
          int end = text.indexOf('\0');
          return end < 0 ? text : text.substring(0, end);
        });
  }

  /** An IPv4 or IPv6 address; its length says which. */
  public Optional<InetAddress> address(int type) throws MalformedMessageException {
    Optional<ByteBuffer> value = bytes(type);
    return value.isEmpty() ? Optional.empty() : Optional.of(addressOf(type, value.get()));
  }

  /** The attributes inside an attribute; none if it is not there. */
  public Attributes nested(int type) throws MalformedMessageException {
    ByteBuffer value = byType.get(type);
    return value == null ? new Attributes() : of(value);
  }

  private static InetAddress addressOf(int type, ByteBuffer value)
      throws MalformedMessageException {
    if (value.remaining() != 4 && value.remaining() != 16) {
      throw new MalformedMessageException(
          "netlink attribute %d should be an address but has %d bytes"
              .formatted(type, value.remaining()));
    }
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    return Addresses.ofBytes(bytes);
  }

  private boolean has(int type) {
    return byType.containsKey(type);
  }

  private ByteBuffer sized(int type, int wanted) throws MalformedMessageException {
    ByteBuffer value = bytes(type).orElseThrow();
    if (value.remaining() < wanted) {
      throw new MalformedMessageException(
          "netlink attribute %d should have %d bytes but has %d"
              .formatted(type, wanted, value.remaining()));
    }
    return value;
  }
}
