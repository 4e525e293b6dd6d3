package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.udp.DatagramFilter;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.tunnel.transport.Inbox;
import dev.teletun.tunnel.transport.TrainSender;
import dev.teletun.tunnel.transport.Transport;
import java.io.IOException;
import java.util.function.Consumer;

/** Packets as DTLS records over one UDP socket, in trains both ways. */
public final class UdpTransport implements Transport {
  /**
   * Full trains in one turn; of single datagrams more, so that many small ones, or forged ones
   * between the trains, do not make the turns small.
   */
  private static final int BYTES_PER_TURN = 4 << 16;

  private static final int MOST_PER_TURN = 32;

  private static final DatagramFilter RECORDS =
      DatagramFilter.of(RecordHeader.TYPES, RecordHeader.VERSIONS);

  private final UdpSocket socket;
  private final Associations associations;
  private final Inbox inbox;
  private final TrainSender sender;
  private final Watch watch;
  private final DatagramTrain train = new DatagramTrain();

  private UdpTransport(
      EventLoop loop,
      UdpSocket socket,
      Associations associations,
      Inbox inbox,
      TrainSender.TooBig tooBig)
      throws IOException {
    this.socket = socket;
    this.associations = associations;
    this.inbox = inbox;
    sender = new TrainSender(socket, tooBig);
    socket.filter(RECORDS);
    watch = loop.watch(socket.fd(), new SocketReady());
  }

  /**
   * Watches the socket, reading nothing yet, and has the kernel drop what cannot be DTLS. The
   * caller keeps loop, socket, associations.
   */
  public static UdpTransport open(
      EventLoop loop,
      UdpSocket socket,
      Associations associations,
      Inbox inbox,
      TrainSender.TooBig tooBig)
      throws IOException {
    return new UdpTransport(loop, socket, associations, inbox, tooBig);
  }

  /** Delivers packets that {@code source} passes to a sink, as if they had just arrived. */
  public void feed(Consumer<Inbox> source) {
    inbox.begin();
    source.accept(inbox);
    inbox.finish();
  }

  @Override
  public boolean isOpen() {
    return associations.current() != null && associations.peer() != null;
  }

  @Override
  public void send(byte[] packet, int at, int length) {
    Association to = associations.current();
    UdpPeer peer = associations.peer();
    if (to != null && peer != null) {
      sender.add(to, peer, packet, at, length);
    }
  }

  @Override
  public void flush() {
    sender.flush();
    watch.writing(sender.isBlocked());
  }

  @Override
  public boolean isBlocked() {
    return sender.isBlocked();
  }

  @Override
  public void reading(boolean on) {
    watch.reading(on);
  }

  @Override
  public long dropped() {
    return sender.dropped();
  }

  @Override
  public void close() {
    watch.close();
  }

  private final class SocketReady implements Ready {
    @Override
    public void readable() throws IOException {
      inbox.begin();
      int bytes = 0;
      for (int i = 0;
          i < MOST_PER_TURN && bytes < BYTES_PER_TURN && !inbox.isFull() && socket.receive(train);
          i++) {
        associations.received(train, inbox);
        bytes += train.length();
      }
      inbox.finish();
    }

    @Override
    public void writable() {
      flush();
      if (!isBlocked()) {
        inbox.unblocked(UdpTransport.this);
      }
    }
  }
}
