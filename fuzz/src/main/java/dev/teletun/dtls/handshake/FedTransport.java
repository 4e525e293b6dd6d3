package dev.teletun.dtls.handshake;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.bouncycastle.tls.DatagramTransport;

/** The real transport with its guard, which is given the next datagram whenever it has no more. */
final class FedTransport implements DatagramTransport {
  private static final int SMALLEST_LIMIT = 2048;

  private final HandshakeTransport inner;
  private final Network network;

  FedTransport(HandshakeTransport inner, Network network) {
    this.inner = inner;
    this.network = network;
  }

  @Override
  public int receive(byte[] into, int at, int length, int waitMillis) throws IOException {
    while (true) {
      int received = inner.receive(into, at, length, 0);
      if (received >= 0) {
        return received;
      }
      byte[] datagram = network.next();
      if (datagram == null) {
        throw new InterruptedIOException("the network has fallen silent");
      }
      inner.offer(datagram, 0, datagram.length);
    }
  }

  @Override
  public void send(byte[] record, int at, int length) {
    inner.send(record, at, length);
  }

  @Override
  public void close() {
    inner.close();
  }

  @Override
  public int getReceiveLimit() {
    return Math.min(inner.getReceiveLimit(), Math.max(SMALLEST_LIMIT, network.largestBytes()));
  }

  @Override
  public int getSendLimit() {
    return inner.getSendLimit();
  }
}
