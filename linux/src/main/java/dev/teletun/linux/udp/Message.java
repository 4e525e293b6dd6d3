package dev.teletun.linux.udp;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SocketOption;
import dev.teletun.linux.sockaddr.SocketAddress;
import java.nio.ByteBuffer;

/**
 * The arguments of sendmsg(2) and recvmsg(2) in one piece of native memory: {@code struct msghdr},
 * one {@code struct iovec}, a socket address, one control message, and the datagrams.
 *
 * <p>Made once per socket and direction; no call allocates. Not thread-safe.
 */
final class Message {
  // struct msghdr, include/linux/socket.h as libc sees it on 64 bits
  private static final int NAME = 0;
  private static final int NAME_BYTES = 8;
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_BYTES = 40;
  private static final int FLAGS = 48;

  // where we put what it points to
  private static final int IOV_AT = 64;
  private static final int ADDRESS_AT = 80;
  private static final int CONTROL_AT = 112;
  private static final int CONTROL_ROOM = 64;
  private static final int DATA_AT = CONTROL_AT + CONTROL_ROOM;

  // struct cmsghdr: length, level, type, data
  private static final int CMSG_LEVEL = 8;
  private static final int CMSG_TYPE = 12;
  private static final int CMSG_DATA = 16;
  private static final int CMSG_ALIGNMENT = 8;

  private static final int MSG_TRUNC = 0x20;

  private final NativeMemory memory = NativeMemory.allocate(DATA_AT + DatagramTrain.CAPACITY);
  private final ByteBuffer fields = memory.buffer();

  Message() {
    fields.putLong(IOV, memory.address() + IOV_AT).putLong(IOV_COUNT, 1);
    fields.putLong(CONTROL, memory.address() + CONTROL_AT);
    iov(0, DatagramTrain.CAPACITY);
  }

  /** For sending: to nobody in particular, on a connected socket. */
  void toConnectedPeer() {
    fields.putLong(NAME, 0).putInt(NAME_BYTES, 0);
  }

  /**
   * For sending: to {@code peer}.
   *
   * @return false if a socket of {@code family} cannot reach it
   */
  boolean to(UdpPeer peer, int family) {
    int length = peer.write(fields, ADDRESS_AT, family);
    fields.putLong(NAME, memory.address() + ADDRESS_AT).putInt(NAME_BYTES, length);
    return length > 0;
  }

  /** For sending: takes a copy of the datagrams. */
  void load(byte[] bytes, int at, int length) {
    fields.put(DATA_AT, bytes, at, length);
  }

  /**
   * Sends bytes loaded before.
   *
   * @param segmentBytes more than 0: as datagrams of that size, cut by the kernel
   * @return 0, or the errno
   */
  int send(Fd socket, int from, int length, int segmentBytes) {
    iov(from, length);
    fields.putLong(CONTROL_BYTES, segmentBytes > 0 ? putSegmentSize(segmentBytes) : 0);
    return Libc.sendmsg(socket.number(), memory.address(), 0) < 0 ? Libc.errno() : 0;
  }

  /** {@code UDP_SEGMENT} with a u16, udp(7); returns CMSG_SPACE. */
  private int putSegmentSize(int segmentBytes) {
    fields.putLong(CONTROL_AT, CMSG_DATA + Short.BYTES);
    fields.putInt(CONTROL_AT + CMSG_LEVEL, SocketOption.UDP_SEGMENT.level());
    fields.putInt(CONTROL_AT + CMSG_TYPE, SocketOption.UDP_SEGMENT.number());
    fields.putShort(CONTROL_AT + CMSG_DATA, (short) segmentBytes);
    return CMSG_DATA + CMSG_ALIGNMENT;
  }

  /**
   * Receives once.
   *
   * @return bytes, or the errno, negated; EMSGSIZE for a datagram that was cut off
   */
  int receive(Fd socket) {
    fields.putLong(NAME, memory.address() + ADDRESS_AT).putInt(NAME_BYTES, SocketAddress.LARGEST);
    fields.putLong(CONTROL_BYTES, CONTROL_ROOM).putInt(FLAGS, 0);
    long received = Libc.recvmsg(socket.number(), memory.address(), 0);
    if (received < 0) {
      return -Libc.errno();
    }
    return (fields.getInt(FLAGS) & MSG_TRUNC) == 0 ? (int) received : -Errno.EMSGSIZE;
  }

  /** After a receive: size of the datagrams that were merged, or {@code whole} if none were. */
  int segmentBytes(int whole) {
    long end = CONTROL_AT + fields.getLong(CONTROL_BYTES);
    for (int at = CONTROL_AT; at + CMSG_DATA + Integer.BYTES <= end; ) {
      if (fields.getInt(at + CMSG_LEVEL) == SocketOption.UDP_GRO.level()
          && fields.getInt(at + CMSG_TYPE) == SocketOption.UDP_GRO.number()) {
        return fields.getInt(at + CMSG_DATA);
      }
      long length = Math.max(fields.getLong(at), CMSG_DATA);
      at += (int) ((length + CMSG_ALIGNMENT - 1) & -CMSG_ALIGNMENT);
    }
    return whole;
  }

  /** After a receive: copies the datagrams out. */
  void unload(byte[] into, int length) {
    fields.get(DATA_AT, into, 0, length);
  }

  /** After a receive: the sender, {@code known} if that is who it was. */
  UdpPeer sender(UdpPeer[] known) {
    long high = SocketAddress.high(fields, ADDRESS_AT);
    long low = SocketAddress.low(fields, ADDRESS_AT);
    int port = SocketAddress.port(fields, ADDRESS_AT);
    int scope = SocketAddress.scope(fields, ADDRESS_AT);
    int slot = UdpPeer.hash(high, low, port, scope) & (known.length - 1);
    if (!known[slot].is(high, low, port, scope)) {
      known[slot] = new UdpPeer(high, low, port, scope);
    }
    return known[slot];
  }

  private void iov(int from, int length) {
    fields.putLong(IOV_AT, memory.address() + DATA_AT + from).putLong(IOV_AT + 8, length);
  }
}
