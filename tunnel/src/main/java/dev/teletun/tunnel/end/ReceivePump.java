package dev.teletun.tunnel.end;

import dev.teletun.dtls.association.RecordSink;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.offload.Coalescer;
import dev.teletun.protocol.packet.Verdict;
import dev.teletun.tunnel.association.Associations;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets from the peer to the local port: receives trains, opens their records, filters,
 * merges, writes a batch. Loop thread only.
 */
final class ReceivePump implements RecordSink {
  private static final int BATCH_BYTES = 4 * FrameBatch.LARGEST_FRAME;
  private static final int TRAINS_PER_TURN = 4;

  private final Side side;
  private final UdpSocket socket;
  private final Associations associations;
  private final Drops drops;
  private final Coalescer coalescer = new Coalescer(false);
  private final DatagramTrain train = new DatagramTrain();
  private final FrameBatch batch = new FrameBatch(BATCH_BYTES);

  private @Nullable InnerFilter filter;
  private @Nullable PacketPort local;
  private @Nullable PacketListener listener;
  private boolean localBlocked;
  private @Nullable IOException localFailure;
  private volatile long heardNanos = System.nanoTime();

  ReceivePump(Side side, UdpSocket socket, Associations associations, Drops drops) {
    this.side = side;
    this.socket = socket;
    this.associations = associations;
    this.drops = drops;
  }

  void filter(InnerFilter addresses) {
    filter = addresses;
  }

  void listener(PacketListener early) {
    listener = early;
  }

  /**
   * Takes what has arrived.
   *
   * @param port where packets go; null drops and counts them
   * @return false if the port kept some and must be flushed once it is writable
   */
  boolean turn(@Nullable PacketPort port) throws IOException {
    begin(port);
    for (int i = 0; i < TRAINS_PER_TURN && !localBlocked && socket.receive(train); i++) {
      associations.received(train, this);
    }
    return finish();
  }

  /** Begins a turn in which records come from elsewhere than the socket. */
  void begin(@Nullable PacketPort port) {
    local = port;
    localBlocked = false;
    batch.clear();
    coalescer.begin(batch);
  }

  /** Ends the turn; the answer is that of {@link #turn}. */
  boolean finish() throws IOException {
    deliver();
    IOException failure = localFailure;
    if (failure != null) {
      localFailure = null;
      throw failure;
    }
    return !localBlocked;
  }

  /** When a record last came from the peer, on the clock of System.nanoTime. Any thread. */
  long heardNanos() {
    return heardNanos;
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {
    heardNanos = System.nanoTime();
    if (length == 0 || filter == null) {
      return; // an empty record is a keepalive
    }
    Verdict verdict = side.fromPeer(filter, bytes, at, length);
    if (verdict != Verdict.PASS) {
      drops.refusedFromPeer(verdict);
    } else if (local == null) {
      early(bytes, at, length);
    } else if (!coalescer.add(bytes, at, length)) {
      deliver();
      coalescer.begin(batch);
      coalescer.add(bytes, at, length);
    }
  }

  private void early(byte[] bytes, int at, int length) {
    if (listener == null) {
      drops.withoutPort(1);
    } else {
      listener.packet(bytes, at, length);
    }
  }

  @Override
  public void answer(byte[] datagram, int at, int length) {
    UdpPeer peer = associations.peer();
    if (peer != null) {
      socket.send(peer, datagram, at, length, length);
    }
  }

  private void deliver() {
    coalescer.finish();
    if (local != null && !batch.isEmpty()) {
      try {
        localBlocked |= !local.write(batch);
      } catch (IOException e) {
        localFailure = e; // a record sink cannot throw: finish() does
      }
    }
    batch.clear();
  }
}
