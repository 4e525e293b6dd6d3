package dev.teletun.dtls.handshake;

/**
 * Sends one datagram to the peer, or loses it: what the network refuses is the sink's to count. The
 * bytes are borrowed until the call returns.
 */
@FunctionalInterface
public interface DatagramSink {
  /** Never throws for anything the network does. */
  void send(byte[] datagram, int at, int length);
}
