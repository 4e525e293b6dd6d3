package dev.teletun.linux.route;

import dev.teletun.linux.netlink.Attributes;
import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.linux.netlink.Message;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A network interface.
 *
 * @param mtu in bytes
 * @param up administratively (IFF_UP); it may still lack a carrier
 * @param hardware link-layer address, null if the device has none, as a TUN; copied in and out
 * @param alias what {@code ip link set … alias} stored, empty if nothing
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, and compared by content
public record Link(
    int index, String name, int mtu, boolean up, byte @Nullable [] hardware, String alias) {
  // include/uapi/linux/if_link.h
  private static final int IFLA_ADDRESS = 1;
  static final int IFLA_IFNAME = 3;
  static final int IFLA_MTU = 4;
  static final int IFLA_IFALIAS = 20;

  /** Bytes of {@code struct ifinfomsg}. */
  private static final int HEADER_BYTES = 16;

  static final int IFF_UP = 1;

  /** Copies the address. */
  public Link {
    hardware = hardware == null ? null : hardware.clone();
  }

  @Override
  public byte @Nullable [] hardware() {
    return hardware == null ? null : hardware.clone();
  }

  static Link of(Message message) throws MalformedMessageException {
    Attributes found = message.attributes(HEADER_BYTES);
    return new Link(
        message.u32(4),
        found.text(IFLA_IFNAME).orElse(""),
        found.u32(IFLA_MTU).orElse(0),
        (message.u32(8) & IFF_UP) != 0,
        found.bytes(IFLA_ADDRESS).filter(ByteBuffer::hasRemaining).map(Link::copy).orElse(null),
        found.text(IFLA_IFALIAS).orElse(""));
  }

  private static byte[] copy(ByteBuffer address) {
    byte[] bytes = new byte[address.remaining()];
    address.get(bytes);
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Link l
        && index == l.index
        && name.equals(l.name)
        && mtu == l.mtu
        && up == l.up
        && Arrays.equals(hardware, l.hardware)
        && alias.equals(l.alias);
  }

  @Override
  public int hashCode() {
    return 31 * index + name.hashCode();
  }
}
