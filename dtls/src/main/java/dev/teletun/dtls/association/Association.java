package dev.teletun.dtls.association;

import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.dtls.record.RecordOpener;
import dev.teletun.dtls.record.RecordSealer;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One established DTLS 1.2 association: epoch 1 of it, both directions, on one thread.
 *
 * <p>Nothing that arrives can end it but an authentic alert: what is not authentic is counted and
 * dropped (RFC 6347 §4.1.2.7).
 *
 * <p>The side that sent the last flight of the handshake keeps it as the bytes that left, and sends
 * the same bytes again when the peer authentically repeats its own, until the first packet of the
 * peer proves that it arrived. The same record twice is the same nonce with the same plaintext.
 */
public final class Association {
  /** Between two repetitions of the last flight: at most 8 in a second. */
  private static final long REPEAT_NANOS = Duration.ofMillis(125).toNanos();

  private static final byte[] CLOSE_NOTIFY = {1, 0}; // warning, close_notify (RFC 5246 §7.2)
  private static final int FATAL = 2;

  private final RecordSealer sealer;
  private final RecordOpener opener;
  private final LongSupplier nanoClock;
  private final byte[] plaintext = new byte[RecordOpener.LARGEST_INNER];
  private List<byte[]> lastFlight;
  private long repeatedNanos;
  private boolean confirmed;
  private boolean peerClosed;
  private boolean closed;
  private boolean newest;

  private long sealed;
  private long opened;
  private long replayed;
  private long forged;
  private long malformed;
  private long otherEpoch;
  private long ignored;
  private long flightsRepeated;

  private Association(
      RecordSealer sealer,
      RecordOpener opener,
      List<byte[]> lastFlight,
      boolean confirmed,
      LongSupplier nanoClock) {
    this.sealer = sealer;
    this.opener = opener;
    this.lastFlight = lastFlight;
    this.confirmed = confirmed;
    this.nanoClock = nanoClock;
    this.repeatedNanos = nanoClock.getAsLong() - REPEAT_NANOS;
  }

  /** The side that got the last flight: its peer is ready. */
  public static Association ofClient(RecordSealer sealer, RecordOpener opener) {
    return new Association(sealer, opener, List.of(), true, System::nanoTime);
  }

  /**
   * The side that sent the last flight, and does not know yet whether it arrived.
   *
   * @param lastFlight the datagrams as they left
   */
  public static Association ofServer(
      RecordSealer sealer, RecordOpener opener, List<byte[]> lastFlight, LongSupplier nanoClock) {
    return new Association(sealer, opener, List.copyOf(lastFlight), false, nanoClock);
  }

  /** Bytes that a record is longer than its packet; a connection ID of the peer's counts. */
  public int overhead() {
    return sealer.overhead();
  }

  /** What the peer puts into its records; {@link ConnectionId#NONE} if they carry nothing. */
  public ConnectionId ownConnectionId() {
    return opener.id();
  }

  /**
   * Protects one packet as one record.
   *
   * @param into receives the record from {@code intoAt} on; another array than {@code packet}
   * @return the record's length, {@link #overhead()} more than {@code length}
   * @throws IllegalStateException after {@link #close()}, and after 2^48 records
   */
  public int seal(byte[] packet, int at, int length, byte[] into, int intoAt) {
    return seal(RecordHeader.APPLICATION_DATA, packet, at, length, into, intoAt);
  }

  /** Writes the alert that tells the peer we are done. Otherwise as {@link #seal}. */
  public int closeNotify(byte[] into, int intoAt) {
    return seal(RecordHeader.ALERT, CLOSE_NOTIFY, 0, CLOSE_NOTIFY.length, into, intoAt);
  }

  private int seal(int type, byte[] bytes, int at, int length, byte[] into, int intoAt) {
    if (closed) {
      throw new IllegalStateException("the association is closed");
    }
    int recordLength = sealer.seal(type, bytes, at, length, into, intoAt);
    sealed++;
    return recordLength;
  }

  /** Takes the records of one datagram apart and hands their packets to {@code sink}. */
  public void receive(byte[] datagram, int at, int length, RecordSink sink) {
    newest = false;
    int end = at + length;
    int record = at;
    while (record < end && !closed && !peerClosed) {
      int size = RecordHeader.size(datagram, record, end, opener.id().length());
      if (size < 0) {
        malformed++;
        return;
      }
      if (RecordHeader.epoch(datagram, record) == 1) {
        receiveRecord(datagram, record, sink);
      } else {
        otherEpoch++;
      }
      record += size;
    }
  }

  private void receiveRecord(byte[] datagram, int at, RecordSink sink) {
    int length = opener.open(datagram, at, plaintext);
    switch (length) {
      case RecordOpener.REPLAYED -> replayed++;
      case RecordOpener.FORGED -> forged++;
      case RecordOpener.MALFORMED -> malformed++;
      default -> {
        newest |= opener.wasNewest();
        receivePlaintext(opener.type(), length, sink);
      }
    }
  }

  private void receivePlaintext(int type, int length, RecordSink sink) {
    switch (type) {
      case RecordHeader.APPLICATION_DATA -> {
        opened++;
        confirmed = true;
        lastFlight = List.of();
        sink.packet(plaintext, 0, length);
      }
      case RecordHeader.HANDSHAKE -> answerFinished(sink);
      case RecordHeader.ALERT -> {
        boolean closing = length == 2 && (plaintext[0] == FATAL || plaintext[1] == 0);
        peerClosed |= closing;
        ignored += closing ? 0 : 1;
      }
      default -> ignored++;
    }
  }

  /** Only an authentic Finished gets here, so nobody but the peer can make us send. */
  private void answerFinished(RecordSink sink) {
    if (lastFlight.isEmpty() || nanoClock.getAsLong() - repeatedNanos < REPEAT_NANOS) {
      ignored++;
    } else {
      repeatLastFlight(sink);
    }
  }

  /** Sends the last flight again, unless the peer has shown that it has it. */
  public void repeatLastFlight(RecordSink sink) {
    repeatedNanos = nanoClock.getAsLong();
    if (lastFlight.isEmpty()) {
      return;
    }
    flightsRepeated++;
    for (byte[] datagram : lastFlight) {
      sink.answer(datagram, 0, datagram.length);
    }
  }

  /**
   * True once the peer is known to have finished the handshake. The server sends no packet before:
   * its first records could arrive ahead of its last flight, and be lost.
   */
  public boolean confirmed() {
    return confirmed;
  }

  /**
   * True if the last {@link #receive} opened a record newer than all before it: only such a
   * datagram may move the peer's address.
   */
  public boolean lastWasNewest() {
    return newest;
  }

  /** True once the peer has said that it is done; nothing is received any more. */
  public boolean peerClosed() {
    return peerClosed;
  }

  /** Records that one of the keys has protected: the more of both directions. */
  public long records() {
    return Math.max(sealed, opened);
  }

  /** Records sealed so far: a key must not seal too many. */
  public long sealed() {
    return sealed;
  }

  /** What has happened so far. */
  public AssociationCounters counters() {
    return new AssociationCounters(
        sealed, opened, replayed, forged, malformed, otherEpoch, ignored, flightsRepeated);
  }

  /** Ends it on this side, silently: nothing is sealed or received any more. */
  public void close() {
    closed = true;
    lastFlight = List.of();
  }
}
