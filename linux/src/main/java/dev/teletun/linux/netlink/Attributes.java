package dev.teletun.linux.netlink;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The attributes of a message or of another attribute ({@code struct nlattr}), by type. Views of
 * the received bytes: valid as long as those are.
 */
public final class Attributes {
  private static final int HEADER_BYTES = 4;
  private static final int TYPE_MASK = 0x3FFF; // NLA_TYPE_MASK: without NESTED and NET_BYTEORDER

  private static final int USUAL = 12;

  private final ByteBuffer all;
  // Type, position and length of each. No buffer for each: a dump has tens of thousands.
  private int[] index = new int[3 * USUAL];
  private int count;

  private Attributes(ByteBuffer all) {
    this.all = all;
  }

  /**
   * Reads what remains of {@code bytes}, whose position does not move. Of attributes with the same
   * type the last counts.
   *
   * @throws MalformedMessageException if a length points outside
   */
  public static Attributes of(ByteBuffer bytes) throws MalformedMessageException {
    ByteBuffer rest = bytes.slice().order(ByteOrder.nativeOrder());
    Attributes found = new Attributes(rest);
    while (rest.remaining() >= HEADER_BYTES) {
      int at = rest.position();
      int length = Short.toUnsignedInt(rest.getShort(at));
      int type = Short.toUnsignedInt(rest.getShort(at + 2)) & TYPE_MASK;
      if (length < HEADER_BYTES || length > rest.remaining()) {
        throw new MalformedMessageException(
            "netlink attribute %d claims %d of the %d bytes left"
                .formatted(type, length, rest.remaining()));
      }
      found.add(type, at + HEADER_BYTES, length - HEADER_BYTES);
      rest.position(Math.min(at + ((length + 3) & ~3), rest.limit()));
    }
    return found;
  }

  private void add(int type, int position, int length) {
    if (3 * count == index.length) {
      index = Arrays.copyOf(index, 2 * index.length);
    }
    index[3 * count] = type;
    index[3 * count + 1] = position;
    index[3 * count + 2] = length;
    count++;
  }

  /** Where the last of this type is; negative if there is none. */
  private int find(int type) {
    int i = 3 * (count - 1);
    while (i >= 0 && index[i] != type) {
      i -= 3;
    }
    return i;
  }

  /** The value's bytes; the caller's own position. */
  public Optional<ByteBuffer> bytes(int type) {
    int i = find(type);
    return i < 0
        ? Optional.empty()
        : Optional.of(all.slice(index[i + 1], index[i + 2]).order(ByteOrder.nativeOrder()));
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
    return of(bytes(type).orElseGet(() -> ByteBuffer.allocate(0)));
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
    return find(type) >= 0;
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
