package dev.teletun.tunnel.transport;

import dev.teletun.dtls.association.Association;
import dev.teletun.linux.udp.SendResult;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import org.jspecify.annotations.Nullable;

/**
 * Seals packets into trains of equal records and sends each train with one system call (UDP GSO).
 *
 * <p>Only the last record of a train may be shorter, so a longer one begins a new train and a
 * shorter one ends it. When the socket takes no more, one train waits while the next is built;
 * beyond that records are dropped and counted. Loop thread only.
 */
public final class TrainSender {

  /** Called when the kernel knows that a datagram is longer than the path carries. */
  public interface TooBig {
    /** The train is lost; the path MTU is to be asked for again. */
    void datagramTooBig();
  }

  // Linux: UDP_MAX_SEGMENTS in include/linux/udp.h was 64 before 6.x raised it to 128.
  private static final int MOST_RECORDS = 64;
  // What an IPv4 datagram of 65,535 bytes leaves for UDP's payload, with room for IPv6's header.
  private static final int MOST_BYTES = 65_535 - 48;

  private final UdpSocket socket;
  private final TooBig tooBig;
  private Train building = new Train();
  private Train waiting = new Train();
  private long dropped;

  /** The caller keeps the socket. */
  public TrainSender(UdpSocket socket, TooBig tooBig) {
    this.socket = socket;
    this.tooBig = tooBig;
  }

  /**
   * Seals one packet for {@code peer}; it leaves at the latest with {@link #flush}. One that no
   * datagram holds is lost like one that no path carries.
   */
  public void add(Association association, UdpPeer peer, byte[] packet, int at, int length) {
    int record = length + association.overhead();
    if (record > MOST_BYTES) {
      tooBig.datagramTooBig();
      return;
    }
    if (!building.takes(record, peer)) {
      flush();
      if (!building.isEmpty()) {
        dropped++;
        return;
      }
    }
    building.add(association, peer, packet, at, length);
  }

  /** Sends what was added, as far as the socket takes it. */
  public void flush() {
    if (!waiting.isEmpty() && !send(waiting)) {
      return;
    }
    if (!building.isEmpty() && !send(building)) {
      Train full = building;
      building = waiting;
      waiting = full;
    }
  }

  /** True while the socket takes no more: wait until it is writable, then {@link #flush}. */
  public boolean isBlocked() {
    return !waiting.isEmpty();
  }

  /** Records dropped because the socket took no more for too long. */
  public long dropped() {
    return dropped;
  }

  private boolean send(Train train) {
    UdpPeer peer = train.peer;
    if (peer == null) {
      return true;
    }
    SendResult result = socket.send(peer, train.bytes, 0, train.length, train.segmentBytes);
    if (result == SendResult.WOULD_BLOCK) {
      return false;
    }
    train.clear();
    if (result == SendResult.TOO_BIG) {
      tooBig.datagramTooBig();
    }
    return true;
  }

  private static final class Train {
    final byte[] bytes = new byte[MOST_BYTES];
    @Nullable UdpPeer peer;
    int length;
    int segmentBytes;
    int records;
    boolean ended;

    boolean isEmpty() {
      return records == 0;
    }

    boolean takes(int record, UdpPeer to) {
      return isEmpty()
          || (!ended
              && record <= segmentBytes
              && records < MOST_RECORDS
              && length + record <= bytes.length
              && to.equals(peer));
    }

    void add(Association association, UdpPeer to, byte[] packet, int at, int size) {
      int record = association.seal(packet, at, size, bytes, length);
      if (isEmpty()) {
        segmentBytes = record;
        peer = to;
      }
      ended = record < segmentBytes;
      length += record;
      records++;
    }

    void clear() {
      length = 0;
      records = 0;
      ended = false;
    }
  }
}
