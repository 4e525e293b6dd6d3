package dev.teletun.linux.socket;

import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.protocol.address.Addresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An address and port as {@code struct sockaddr_in} or {@code sockaddr_in6}. */
final class SocketAddress {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int LARGEST = 28;

  private static final int V4_BYTES = 16;
  private static final int PORT = 2; // big endian, the only field with an order of its own
  private static final int V4_ADDRESS = 4;
  private static final int V6_ADDRESS = 8;
  private static final int V6_SCOPE = 24;

  private SocketAddress() {}

  static int family(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address ? AF_INET6 : AF_INET;
  }

  static int bytes(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address ? LARGEST : V4_BYTES;
  }

  static NativeMemory of(InetSocketAddress address) {
    NativeMemory memory = NativeMemory.allocate(LARGEST);
    ByteBuffer struct = memory.buffer();
    InetAddress ip = address.getAddress();
    struct.putShort(0, (short) family(address));
    struct.order(ByteOrder.BIG_ENDIAN).putShort(PORT, (short) address.getPort());
    struct.order(ByteOrder.nativeOrder());
    struct.put(ip instanceof Inet6Address ? V6_ADDRESS : V4_ADDRESS, ip.getAddress());
    if (ip instanceof Inet6Address v6) {
      struct.putInt(V6_SCOPE, v6.getScopeId());
    }
    return memory;
  }

  static InetSocketAddress read(NativeMemory memory) {
    ByteBuffer struct = memory.buffer();
    boolean v6 = struct.getShort(0) == AF_INET6;
    byte[] address = new byte[v6 ? 16 : 4];
    struct.get(v6 ? V6_ADDRESS : V4_ADDRESS, address);
    int port = ((struct.get(PORT) & 0xff) << 8) | (struct.get(PORT + 1) & 0xff);
    return new InetSocketAddress(Addresses.ofBytes(address), port);
  }
}
