package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.dtls.handshake.DatagramSink;
import dev.teletun.dtls.handshake.Network;
import org.jspecify.annotations.Nullable;

/** Datagrams of a fuzzer's for one end of a handshake, and what that end says to them. */
final class HandshakeInput implements Network, DatagramSink {
  private static final int MOST_DATAGRAMS = 100;
  private static final int FLIGHT = 4096;

  private final Input in;
  private final int largestBytes;
  private int taken;
  private long sentBytes;

  HandshakeInput(Input in) {
    this.in = in;
    this.largestBytes = in.left();
  }

  @Override
  public byte @Nullable [] next() {
    if (in.isEmpty() || taken == MOST_DATAGRAMS) {
      return null;
    }
    taken++;
    return in.piece();
  }

  @Override
  public int largestBytes() {
    return largestBytes;
  }

  @Override
  public void send(byte[] datagram, int at, int length) {
    sentBytes += length;
    require(length <= 1452, "a datagram of %d bytes", length);
  }

  /** At most one flight for each datagram, and one at first. */
  void requireFewAnswers() {
    require(
        sentBytes <= (long) FLIGHT * (taken + 2),
        "%d bytes sent for %d datagrams",
        sentBytes,
        taken);
  }
}
