package dev.teletun.dtls.handshake;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts the records of a flight into as few datagrams as fit. BouncyCastle sends one record at a
 * time; a flight in one datagram is lost or arrives as a whole, and recovers fast.
 */
final class FlightBuffer {
  private final DatagramSink out;
  private final byte[] datagram;
  private final List<byte[]> flight = new ArrayList<>();
  private int filled;
  private boolean flightEnded;
  private long refused;

  /** {@code limitBytes}: largest datagram that fits the path. */
  FlightBuffer(DatagramSink out, int limitBytes) {
    this.out = out;
    this.datagram = new byte[limitBytes];
  }

  void add(byte[] record, int at, int length) {
    if (length > datagram.length - filled) {
      flush();
    }
    if (length > datagram.length) {
      emit(Arrays.copyOfRange(record, at, at + length));
      return;
    }
    System.arraycopy(record, at, datagram, filled, length);
    filled += length;
  }

  /** Sends what has gathered; what comes next is another flight. */
  void endFlight() {
    flush();
    flightEnded = true;
  }

  private void flush() {
    if (filled > 0) {
      emit(Arrays.copyOf(datagram, filled));
      filled = 0;
    }
  }

  private void emit(byte[] bytes) {
    if (flightEnded) {
      flight.clear();
      flightEnded = false;
    }
    flight.add(bytes);
    transmit(bytes);
  }

  private void transmit(byte[] bytes) {
    try {
      out.send(bytes, 0, bytes.length);
    } catch (RuntimeException _) {
      refused++; // a datagram may be lost anyway; the resend timer makes up for it
    }
  }

  /** Sends the last flight again, byte for byte. */
  void repeatFlight() {
    flight.forEach(this::transmit);
  }

  /** The datagrams of the last flight, as they left. */
  List<byte[]> lastFlight() {
    return List.copyOf(flight);
  }

  /** Datagrams that the sink did not take. */
  long refused() {
    return refused;
  }
}
