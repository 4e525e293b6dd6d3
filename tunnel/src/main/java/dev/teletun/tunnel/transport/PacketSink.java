package dev.teletun.tunnel.transport;

/** Takes packets that the peer sent. Called on the loop thread. */
public interface PacketSink {
  /** One packet; borrowed until it returns. {@code length} is not 0. */
  void packet(byte[] bytes, int at, int length);
}
