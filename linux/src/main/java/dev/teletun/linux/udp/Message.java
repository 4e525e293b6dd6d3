package dev.teletun.linux.udp;

import static dev.teletun.linux.libc.MessageHeader.CONTROL;
import static dev.teletun.linux.libc.MessageHeader.CONTROL_BYTES;
import static dev.teletun.linux.libc.MessageHeader.CONTROL_DATA;
import static dev.teletun.linux.libc.MessageHeader.FLAGS;
import static dev.teletun.linux.libc.MessageHeader.IOV;
import static dev.teletun.linux.libc.MessageHeader.IOV_COUNT;
import static dev.teletun.linux.libc.MessageHeader.NAME;
import static dev.teletun.linux.libc.MessageHeader.NAME_BYTES;
import static dev.teletun.linux.libc.MessageHeader.controlSpace;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.MessageHeader;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SocketOption;
import dev.teletun.linux.sockaddr.SocketAddress;
import java.nio.ByteBuffer;

/**
 * The arguments of sendmsg(2) and recvmsg(2) in one piece of native memory: {@code struct msghdr},
 * one {@code struct iovec}, a socket address, two control messages, and the datagrams.
 *
 * <p>Made once per socket and direction; no call allocates. Not thread-safe.
 */
final class Message {
  // where we put what it points to
  private static final int IOV_AT = 64;
  private static final int ADDRESS_AT = 80;
  private static final int CONTROL_AT = 112;
  private static final int CONTROL_ROOM = 128;
  private static final int DATA_AT = CONTROL_AT + CONTROL_ROOM;

  private static final int MSG_TRUNC = 0x20;

  // struct in6_pktinfo: address, interface; struct in_pktinfo: interface, source, destination
  private static final int IN6_PKTINFO_BYTES = 20;
  private static final int IN_PKTINFO_BYTES = 12;
  private static final int IN_PKTINFO_SOURCE = 4;
  private static final int IN_PKTINFO_DESTINATION = 8;

  private final NativeMemory memory = NativeMemory.allocate(DATA_AT + DatagramTrain.CAPACITY);
  private final ByteBuffer fields = memory.buffer();
  private boolean isIpv6;
  private long localHigh;
  private long localLow;
  private int segmentBytes;

  Message() {
    fields.putLong(IOV, memory.address() + IOV_AT).putLong(IOV_COUNT, 1);
    fields.putLong(CONTROL, memory.address() + CONTROL_AT);
    iov(0, DatagramTrain.CAPACITY);
  }

  /** For sending: to nobody in particular, on a connected socket. */
  void toConnectedPeer() {
    fields.putLong(NAME, 0).putInt(NAME_BYTES, 0);
    forgetSource();
  }

  /**
   * For sending: to {@code peer}.
   *
   * @return false if a socket of {@code family} cannot reach it
   */
  boolean to(UdpPeer peer, int family) {
    int length = peer.write(fields, ADDRESS_AT, family);
    fields.putLong(NAME, memory.address() + ADDRESS_AT).putInt(NAME_BYTES, length);
    localHigh = peer.localHigh();
    localLow = peer.localLow();
    isIpv6 = family == SocketAddress.AF_INET6;
    return length > 0;
  }

  /** For sending: from now on from the address that the kernel chooses; false if it was so. */
  boolean forgetSource() {
    boolean known = (localHigh | localLow) != 0;
    localHigh = 0;
    localLow = 0;
    return known;
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
    int control = (localHigh | localLow) != 0 ? putSource() : 0;
    if (segmentBytes > 0) {
      control += putSegmentSize(CONTROL_AT + control, segmentBytes);
    }
    fields.putLong(CONTROL_BYTES, control);
    return Libc.sendmsg(socket.number(), memory.address(), 0) < 0 ? Libc.errno() : 0;
  }

  /** {@code IPV6_PKTINFO}, ipv6(7), or {@code IP_PKTINFO}, ip(7); returns CMSG_SPACE. */
  private int putSource() {
    int data = CONTROL_AT + CONTROL_DATA;
    if (isIpv6) {
      putControl(CONTROL_AT, SocketOption.IPV6_PKTINFO, IN6_PKTINFO_BYTES);
      SocketAddress.writeIpv6(fields, data, localHigh, localLow);
      fields.putInt(data + 16, 0); // whatever interface routing chooses
      return controlSpace(IN6_PKTINFO_BYTES);
    }
    putControl(CONTROL_AT, SocketOption.IP_PKTINFO, IN_PKTINFO_BYTES);
    fields.putInt(data, 0).putInt(data + IN_PKTINFO_DESTINATION, 0);
    SocketAddress.writeIpv4(fields, data + IN_PKTINFO_SOURCE, localLow);
    return controlSpace(IN_PKTINFO_BYTES);
  }

  /** {@code UDP_SEGMENT} with a u16, udp(7); returns CMSG_SPACE. */
  private int putSegmentSize(int at, int segmentBytes) {
    putControl(at, SocketOption.UDP_SEGMENT, Short.BYTES);
    fields.putShort(at + CONTROL_DATA, (short) segmentBytes);
    return controlSpace(Short.BYTES);
  }

  private void putControl(int at, SocketOption option, int dataBytes) {
    MessageHeader.putControl(fields, at, option.level(), option.number(), dataBytes);
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

  /** After a receive of {@code whole} bytes: reads what the kernel says about them. */
  void readControl(int whole) {
    segmentBytes = whole;
    forgetSource();
    long end = CONTROL_AT + fields.getLong(CONTROL_BYTES);
    for (int at = CONTROL_AT;
        at + CONTROL_DATA + Integer.BYTES <= end;
        at = MessageHeader.nextControl(fields, at)) {
      int data = at + CONTROL_DATA;
      if (isOption(at, SocketOption.UDP_GRO)) {
        segmentBytes = fields.getInt(data);
      } else if (isOption(at, SocketOption.IPV6_PKTINFO)) {
        localHigh = SocketAddress.highOfIpv6(fields, data);
        localLow = SocketAddress.lowOfIpv6(fields, data);
      } else if (isOption(at, SocketOption.IP_PKTINFO)) {
        localLow = SocketAddress.lowOfIpv4(fields, data + IN_PKTINFO_DESTINATION);
      }
    }
  }

  private boolean isOption(int at, SocketOption option) {
    return MessageHeader.isControl(fields, at, option.level(), option.number());
  }

  /** What {@link #readControl} found: size of the datagrams that were merged, or of the one. */
  int segmentBytes() {
    return segmentBytes;
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
    if (!known[slot].is(high, low, port, scope)
        || !known[slot].isReachedFrom(localHigh, localLow)) {
      known[slot] = new UdpPeer(high, low, port, scope, localHigh, localLow);
    }
    return known[slot];
  }

  private void iov(int from, int length) {
    fields.putLong(IOV_AT, memory.address() + DATA_AT + from).putLong(IOV_AT + 8, length);
  }
}
