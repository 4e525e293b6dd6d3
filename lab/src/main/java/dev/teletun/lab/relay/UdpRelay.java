package dev.teletun.lab.relay;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a server on this machine, each client with a port of its own towards
 * the server, and passes every datagram through a {@link Passage}. No root, no namespace.
 *
 * <p>All passages run on its thread, {@code udp-relay}.
 */
public final class UdpRelay implements Closeable {
  private static final int LARGEST = 65_535;
  private static final int SOCKET_BUFFER = 4 << 20;

  private final InetSocketAddress server;
  private final Passage toServer;
  private final Passage toClient;
  private final Selector selector = Selector.open();
  private final DatagramChannel front;
  private final Map<SocketAddress, DatagramChannel> backs = new HashMap<>();
  private final PriorityQueue<Underway> underway = new PriorityQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);
  private final Thread thread = new Thread(this::run, "udp-relay");
  private long sequence;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  private UdpRelay(InetSocketAddress server, Passage toServer, Passage toClient)
      throws IOException {
    this.server = server;
    this.toServer = toServer;
    this.toClient = toClient;
    front = open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    var _ = front.register(selector, SelectionKey.OP_READ);
  }

  /** Starts a relay on a free port of loopback. */
  public static UdpRelay start(InetSocketAddress server, Passage toServer, Passage toClient)
      throws IOException {
    UdpRelay relay = new UdpRelay(server, toServer, toClient);
    relay.thread.setDaemon(true);
    relay.thread.start();
    return relay;
  }

  /** Where clients take it for the server. */
  public InetSocketAddress address() throws IOException {
    return (InetSocketAddress) front.getLocalAddress();
  }

  private static DatagramChannel open(InetSocketAddress at) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
    channel.bind(at).configureBlocking(false);
    return channel;
  }

  private void run() {
    try {
      while (!closed) {
        long wait = deliverDue();
        int _ = wait < 0 ? selector.select() : selector.select(Math.max(1, wait / 1_000_000));
        for (SelectionKey key : selector.selectedKeys()) {
          take((DatagramChannel) key.channel(), (SocketAddress) key.attachment());
        }
        selector.selectedKeys().clear();
      }
    } catch (Throwable t) {
      failure = t;
    }
  }

  /** Reads what a socket has: the front's comes from clients, any other's from the server. */
  private void take(DatagramChannel channel, @Nullable SocketAddress client) throws IOException {
    while (true) {
      SocketAddress from;
      buffer.clear();
      try {
        from = channel.receive(buffer);
      } catch (IOException _) {
        return; // the server refuses: an ICMP error
      }
      if (from == null) {
        return;
      }
      byte[] datagram = new byte[buffer.flip().remaining()];
      buffer.get(datagram);
      if (client == null) {
        DatagramChannel back = back(from);
        toServer.carry(datagram, (bytes, later) -> schedule(bytes, later, back, server));
      } else {
        toClient.carry(datagram, (bytes, later) -> schedule(bytes, later, front, client));
      }
    }
  }

  private DatagramChannel back(SocketAddress client) throws IOException {
    DatagramChannel back = backs.get(client);
    if (back == null) {
      back = open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      var _ = back.register(selector, SelectionKey.OP_READ, client);
      backs.put(client, back);
    }
    return back;
  }

  private void schedule(byte[] datagram, Duration later, DatagramChannel by, SocketAddress to) {
    long due = System.nanoTime() + later.toNanos();
    Underway one = new Underway(ByteBuffer.wrap(datagram), due, sequence++, by, to);
    if (later.isZero()) {
      one.send();
    } else {
      underway.add(one);
    }
  }

  /** Returns how long until the next is due, in nanoseconds; -1 for never. */
  private long deliverDue() {
    for (Underway next = underway.peek(); next != null; next = underway.peek()) {
      long wait = next.dueNanos - System.nanoTime();
      if (wait > 0) {
        return wait;
      }
      underway.remove();
      next.send();
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    selector.close();
    front.close();
    for (DatagramChannel back : backs.values()) {
      back.close();
    }
    if (failure != null) {
      throw new IOException("the relay failed", failure);
    }
  }

  private record Underway(
      ByteBuffer datagram, long dueNanos, long sequence, DatagramChannel by, SocketAddress to)
      implements Comparable<Underway> {

    void send() {
      try {
        by.send(datagram, to);
      } catch (IOException _) {
        return; // lost, as datagrams are
      }
    }

    @Override
    public int compareTo(Underway other) {
      long earlier = dueNanos - other.dueNanos;
      return Long.signum(earlier == 0 ? sequence - other.sequence : earlier);
    }
  }
}
