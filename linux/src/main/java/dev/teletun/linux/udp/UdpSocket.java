package dev.teletun.linux.udp;

import static dev.teletun.linux.sockaddr.SocketAddress.AF_INET;
import static dev.teletun.linux.sockaddr.SocketAddress.AF_INET6;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SocketOption;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.sockaddr.SocketAddress;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A non-blocking UDP socket that sends and receives trains of datagrams with one system call each,
 * where the kernel can (GSO since Linux 4.18, GRO since 5.0), and one by one where it cannot.
 *
 * <p>One thread. Its datagrams are not fragmented unless {@link #fragmentation} allows it.
 */
public final class UdpSocket implements Closeable {
  private static final int SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
  private static final int BUFFER_BYTES = 4 << 20;

  /** {@code UDP_MAX_SEGMENTS}, include/linux/udp.h; 128 since Linux 6.9. */
  private static final int MOST_SEGMENTS = 64;

  private static final int LARGEST_IPV4 = 65_507; // 65,535 less IP and UDP header
  private static final int LARGEST_IPV6 = 65_487; // the same, as GSO counts the IPv6 header
  private static final int KNOWN_PEERS = 256; // a power of two

  /** Errors that one call can fetch before we look at the descriptor again. */
  private static final int MOST_PENDING_ERRORS = 8;

  private final Fd fd;
  private final int family;
  private final @Nullable UdpPeer connected;
  private final int largest;
  private final boolean merges;
  private boolean segments;
  private Fragmentation mode = Fragmentation.FORBIDDEN;
  private final Message in = new Message();
  private final Message out = new Message();
  private final UdpPeer[] known = new UdpPeer[KNOWN_PEERS];
  private final LossCounter losses = new LossCounter();

  private UdpSocket(Fd fd, int family, @Nullable UdpPeer connected) throws IOException {
    this.fd = fd;
    this.family = family;
    this.connected = connected;
    this.largest = family == AF_INET6 ? LARGEST_IPV6 : LARGEST_IPV4;
    SocketOption.buffers(fd, BUFFER_BYTES, BUFFER_BYTES);
    fragmentation(Fragmentation.FORBIDDEN);
    segments = SocketOption.UDP_SEGMENT.offer(fd, 0); // 0 changes nothing, but must be known
    merges = SocketOption.UDP_GRO.offer(fd, 1);
    Arrays.fill(known, new UdpPeer(0, 0, 0, 0, 0, 0));
  }

  /**
   * Receives at {@code port}. Answers leave from the address that was written to, as long as this
   * host has it.
   *
   * @param address null for every address of both families, or of IPv4 where the kernel has no IPv6
   * @param port 0 lets the kernel choose
   */
  public static UdpSocket bind(@Nullable InetAddress address, int port) throws IOException {
    int family = address == null ? AF_INET6 : SocketAddress.family(address);
    try (CloseStack onFailure = new CloseStack()) {
      Fd socket;
      try {
        socket = onFailure.own(socket(family));
      } catch (SyscallException e) {
        if (address == null && e.errno() == Errno.EAFNOSUPPORT) {
          return bind(InetAddress.ofLiteral("0.0.0.0"), port);
        }
        throw e;
      }
      if (family == AF_INET6) {
        SocketOption.IPV6_V6ONLY.set(socket, address == null ? 0 : 1);
      }
      UdpSocket bound = new UdpSocket(socket, family, null);
      InetAddress local = address == null ? InetAddress.ofLiteral("::") : address;
      if (local.isAnyLocalAddress()) {
        boolean v6 = family == AF_INET6;
        (v6 ? SocketOption.IPV6_RECVPKTINFO : SocketOption.IP_PKTINFO).set(socket, 1);
      }
      bound.bindTo(new InetSocketAddress(local, port));
      onFailure.handOver();
      return bound;
    }
  }

  /** Exchanges datagrams with {@code peer} alone. Sends nothing. */
  public static UdpSocket connect(InetSocketAddress peer) throws IOException {
    return connect(peer, 0);
  }

  /**
   * The same with a mark, by which routing rules choose the way and the source address.
   *
   * @param fwmark 0 for none
   */
  public static UdpSocket connect(InetSocketAddress peer, int fwmark) throws IOException {
    UdpPeer remote = UdpPeer.of(peer);
    int family = remote.isIpv4() ? AF_INET : AF_INET6;
    try (CloseStack onFailure = new CloseStack()) {
      UdpSocket socket = new UdpSocket(onFailure.own(socket(family)), family, remote);
      if (fwmark != 0) {
        socket.mark(fwmark);
      }
      socket.connectTo(remote);
      onFailure.handOver();
      return socket;
    }
  }

  private static Fd socket(int family) throws SyscallException {
    return Fd.checked(
        Libc.socket(family, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0),
        "socket(%s, UDP)".formatted(family == AF_INET ? "AF_INET" : "AF_INET6"));
  }

  private void bindTo(InetSocketAddress local) throws SyscallException {
    try (NativeMemory address = NativeMemory.allocate(SocketAddress.LARGEST)) {
      int bytes = UdpPeer.of(local).write(address.buffer(), 0, family);
      SyscallException.check(
          Libc.bind(fd.number(), address.address(), bytes), "bind(UDP %s)".formatted(local));
    }
  }

  private void connectTo(UdpPeer peer) throws SyscallException {
    try (NativeMemory address = NativeMemory.allocate(SocketAddress.LARGEST)) {
      int bytes = peer.write(address.buffer(), 0, family);
      SyscallException.check(
          Libc.connect(fd.number(), address.address(), bytes), "connect(UDP %s)".formatted(peer));
    }
  }

  /** The descriptor, for waiting. */
  public Fd fd() {
    return fd;
  }

  /** Where it receives. */
  public InetSocketAddress localAddress() throws IOException {
    try (NativeMemory address = NativeMemory.allocate(SocketAddress.LARGEST);
        NativeMemory size = NativeMemory.ofInt(SocketAddress.LARGEST)) {
      SyscallException.check(
          Libc.getsockname(fd.number(), address.address(), size.address()), "getsockname(UDP)");
      return SocketAddress.read(address.buffer(), 0);
    }
  }

  /**
   * Receives one train with one system call. Errors that earlier datagrams caused on their way,
   * such as ECONNREFUSED, are counted as losses and not thrown.
   *
   * @return false if there is none now
   */
  public boolean receive(DatagramTrain into) throws IOException {
    for (int error = 0; error < MOST_PENDING_ERRORS; error++) {
      int received = in.receive(fd);
      if (received >= 0) {
        in.readControl(received);
        in.unload(into.bytes(), received);
        into.filled(in.sender(known), received, in.segmentBytes());
        return true;
      }
      switch (-received) {
        case Errno.EAGAIN -> {
          return false;
        }
        case Errno.EBADF, Errno.EINVAL -> throw new SyscallException("recvmsg(UDP)", -received);
        default -> losses.add(-received, 1);
      }
    }
    return false;
  }

  /**
   * Sends {@code bytes[at, at+length)} as datagrams of {@code segmentBytes}, the last one perhaps
   * shorter. Never throws for the network's sake.
   *
   * @param to ignored by a connected socket
   * @param segmentBytes 0 or at least {@code length} for one datagram
   */
  public SendResult send(UdpPeer to, byte[] bytes, int at, int length, int segmentBytes) {
    int segment = segmentBytes > 0 && segmentBytes < length ? segmentBytes : length;
    if (segment > largest) {
      return SendResult.TOO_BIG;
    }
    if (connected != null) {
      out.toConnectedPeer();
    } else if (!out.to(to, family)) {
      return lost(Errno.EAFNOSUPPORT, 1);
    }
    int most = segment == 0 ? 0 : Math.min(MOST_SEGMENTS, largest / segment) * segment;
    int sent = 0;
    do {
      int part = Math.min(most, length - sent);
      out.load(bytes, at + sent, part);
      SendResult result = sendLoaded(part, segment);
      if (result != SendResult.SENT) {
        return result == SendResult.WOULD_BLOCK && sent > 0
            ? countTheRest(length - sent, segment)
            : result;
      }
      sent += part;
    } while (sent < length);
    return SendResult.SENT;
  }

  /**
   * Sends one datagram that nobody may fragment, also if it is larger than the path MTU that the
   * kernel believes in: {@link SendResult#TOO_BIG} only if the device takes no such packet.
   */
  public SendResult sendWhole(UdpPeer to, byte[] bytes, int at, int length) throws IOException {
    Fragmentation before = mode;
    if (before != Fragmentation.PROBING) {
      fragmentation(Fragmentation.PROBING);
    }
    try {
      return send(to, bytes, at, length, length);
    } finally {
      if (before != Fragmentation.PROBING) {
        fragmentation(before);
      }
    }
  }

  private SendResult sendLoaded(int length, int segment) {
    if (length > segment && segments) {
      int errno = sendOnce(0, length, segment);
      switch (errno) {
        case 0 -> {
          return SendResult.SENT;
        }
        case Errno.EAGAIN -> {
          return SendResult.WOULD_BLOCK;
        }
        case Errno.EIO -> segments = false; // the device cannot sum checksums, which GSO needs
        case Errno.EINVAL, Errno.EMSGSIZE -> {
          // A segment exceeds the path MTU: GSO does not fragment, a single datagram may be.
        }
        default -> {
          return lost(errno, (length + segment - 1) / segment);
        }
      }
    }
    return sendPieces(length, segment);
  }

  private SendResult sendPieces(int length, int segment) {
    SendResult worst = SendResult.SENT;
    int from = 0;
    do {
      int piece = Math.min(segment, length - from);
      int errno = sendOnce(from, piece, 0);
      switch (errno) {
        case 0 -> {}
        case Errno.EMSGSIZE -> {
          return SendResult.TOO_BIG;
        }
        case Errno.EAGAIN -> {
          return from == 0 ? SendResult.WOULD_BLOCK : countTheRest(length - from, segment);
        }
        default -> worst = lost(errno, 1);
      }
      from += piece;
    } while (from < length);
    return worst;
  }

  /**
   * Sends once more if the error was an earlier datagram's, which is told once and then forgotten,
   * or if this host has lost the address that the peer writes to.
   */
  private int sendOnce(int from, int length, int segmentBytes) {
    int errno = out.send(fd, from, length, segmentBytes);
    if (errno == Errno.ECONNREFUSED) {
      losses.add(errno, 1);
      errno = out.send(fd, from, length, segmentBytes);
    }
    if ((errno == Errno.EINVAL || errno == Errno.ENETUNREACH) && out.forgetSource()) {
      errno = out.send(fd, from, length, segmentBytes);
    }
    return errno;
  }

  private SendResult countTheRest(int bytes, int segment) {
    losses.add(Errno.EAGAIN, (bytes + segment - 1) / segment);
    return SendResult.SENT;
  }

  private SendResult lost(int errno, int datagrams) {
    losses.add(errno, datagrams);
    return SendResult.LOST;
  }

  /**
   * The kernel's idea of the path MTU to the connected peer, in bytes of the IP packet.
   *
   * @throws SyscallException with ENOTCONN on a socket that is not connected
   */
  public int pathMtu() throws IOException {
    return (family == AF_INET6 ? SocketOption.IPV6_MTU : SocketOption.IP_MTU).of(fd);
  }

  /** Whether IP may fragment what is sent from now on. */
  public void fragmentation(Fragmentation allowed) throws IOException {
    mode = allowed;
    SocketOption.IP_MTU_DISCOVER.set(fd, allowed.value);
    if (family == AF_INET6) {
      SocketOption.IPV6_MTU_DISCOVER.set(fd, allowed.value);
    }
  }

  /** From now on the kernel queues only what {@code filter} lets in. */
  public void filter(DatagramFilter filter) throws IOException {
    filter.attachTo(fd);
  }

  /** Marks what is sent from now on; needs CAP_NET_ADMIN. */
  public void mark(int fwmark) throws IOException {
    SocketOption.SO_MARK.set(fd, fwmark);
  }

  /** Datagrams lost so far in this host, as far as we were told. */
  public long lost() {
    return losses.sum();
  }

  /** The same by name of the error. */
  public Map<String, Long> losses() {
    return losses.byName();
  }

  /** True if a train is one system call, and the kernel or the device cuts it (GSO). */
  public boolean segments() {
    return segments;
  }

  /** True if the kernel merges what arrives into trains (GRO). */
  public boolean merges() {
    return merges;
  }

  /** From now on every datagram is a system call of its own. */
  void withoutSegments() {
    segments = false;
  }

  @Override
  public void close() {
    fd.close();
  }
}
