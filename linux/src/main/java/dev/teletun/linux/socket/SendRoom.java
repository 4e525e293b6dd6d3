package dev.teletun.linux.socket;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SocketOption;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.sockaddr.SocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the kernel may hold of a TCP connection beyond what the path takes now: a few milliseconds'
 * worth. What waits in the kernel, nothing can overtake and nobody can drop.
 *
 * <p>The connection is one of the JDK's, which gives no descriptor away; the one between the same
 * two addresses is found among this process's own and borrowed. Once the connection is closed, its
 * number may be another's, which is waited for in vain and not written to. One thread at a time.
 */
public final class SendRoom {
  // include/uapi/linux/tcp.h: TCP_INFO, and struct tcp_info up to tcpi_snd_cwnd
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;
  private static final int INFO_BYTES = 84;
  private static final int MAXIMUM_SEGMENT = 16;
  private static final int ROUND_TRIP_MICROS = 68;
  private static final int CONGESTION_WINDOW = 80;

  // struct pollfd
  private static final int POLLFD_BYTES = 8;
  private static final short POLLOUT = 4;

  private static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");
  private static final long ASK_AGAIN_NANOS = Duration.ofMillis(10).toNanos();
  private static final int MICROS_PER_MILLI = 1_000;
  // poll(2) says that there is room below half of it.
  private static final int UNSENT_MILLIS = 4;
  private static final int LEAST_UNSENT = 8 * 1024;
  static final int MOST_UNSENT = 256 * 1024;

  private final int descriptor;
  private final NativeMemory pollfd = NativeMemory.allocate(POLLFD_BYTES);
  private final NativeMemory info = NativeMemory.allocate(INFO_BYTES);
  private final NativeMemory infoSize = NativeMemory.ofInt(INFO_BYTES);
  private final NativeMemory lowat = NativeMemory.ofInt(0);
  private long askedNanos;
  private int bytesPerMilli;
  private int unsent;

  private SendRoom(int descriptor) {
    this.descriptor = descriptor;
    pollfd.buffer().putInt(0, descriptor).putShort(4, POLLOUT);
    ask(System.nanoTime());
  }

  /**
   * Bounds what waits in {@code connected}, which stays the caller's.
   *
   * @throws IOException if the connection is not found: it is closed, or {@code /proc} hidden
   */
  public static SendRoom of(Socket connected) throws IOException {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(OWN_DESCRIPTORS);
        Ends ends = new Ends(connected)) {
      for (Path each : descriptors) {
        int number = Integer.parseInt(each.getFileName().toString());
        if (ends.areOf(number)) {
          return new SendRoom(number);
        }
      }
    }
    throw new SocketException(
        "no descriptor in %s is the connection %s".formatted(OWN_DESCRIPTORS, connected));
  }

  /**
   * Waits until the connection has little left to send.
   *
   * @return false if it had too much all the time
   */
  public boolean await(Duration longest) throws SyscallException {
    long now = System.nanoTime();
    if (now - askedNanos >= ASK_AGAIN_NANOS) {
      ask(now);
    }
    int ready = Libc.poll(pollfd.address(), 1, Math.toIntExact(longest.toMillis()));
    if (ready < 0 && Libc.errno() != Errno.EINTR) {
      throw new SyscallException("poll(TCP connection)", Libc.errno());
    }
    return ready > 0;
  }

  /** About what the path takes in a millisecond: a congestion window in each round trip. */
  public int bytesPerMilli() {
    return bytesPerMilli;
  }

  private void ask(long now) {
    askedNanos = now;
    int answer =
        Libc.getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info.address(), infoSize.address());
    if (answer < 0) {
      return; // closed: the next write says so
    }
    ByteBuffer fields = info.buffer();
    long window = (long) fields.getInt(CONGESTION_WINDOW) * fields.getInt(MAXIMUM_SEGMENT);
    long perMilli = window * MICROS_PER_MILLI / Math.max(1, fields.getInt(ROUND_TRIP_MICROS));
    bytesPerMilli = (int) Math.min(perMilli, MOST_UNSENT);
    bound(Math.clamp((long) UNSENT_MILLIS * bytesPerMilli, LEAST_UNSENT, MOST_UNSENT));
  }

  private void bound(int bytes) {
    int before = unsent;
    if (bytes > before + before / 4 || bytes < before - before / 4) {
      unsent = bytes;
      lowat.buffer().putInt(0, bytes);
      int _ = // an error is a connection that is closed: the next write says so
          Libc.setsockopt(
              descriptor,
              SocketOption.TCP_NOTSENT_LOWAT.level(),
              SocketOption.TCP_NOTSENT_LOWAT.number(),
              lowat.address(),
              lowat.bytes());
    }
  }

  /** Two addresses that one connection of a process has. */
  private static final class Ends implements AutoCloseable {
    private final InetSocketAddress near;
    private final InetSocketAddress far;
    private final NativeMemory address = NativeMemory.allocate(SocketAddress.LARGEST);
    private final NativeMemory size = NativeMemory.ofInt(SocketAddress.LARGEST);

    Ends(Socket connected) {
      near = new InetSocketAddress(connected.getLocalAddress(), connected.getLocalPort());
      far = new InetSocketAddress(connected.getInetAddress(), connected.getPort());
    }

    boolean areOf(int descriptor) {
      begin();
      if (Libc.getsockname(descriptor, address.address(), size.address()) < 0 || !holds(near)) {
        return false;
      }
      begin();
      return Libc.getpeername(descriptor, address.address(), size.address()) == 0 && holds(far);
    }

    private void begin() {
      size.buffer().putInt(0, SocketAddress.LARGEST);
    }

    private boolean holds(InetSocketAddress wanted) {
      short family = address.buffer().getShort(0);
      return (family == SocketAddress.AF_INET || family == SocketAddress.AF_INET6)
          && SocketAddress.read(address.buffer(), 0).equals(wanted);
    }

    @Override
    public void close() {
      address.close();
      size.close();
    }
  }
}
