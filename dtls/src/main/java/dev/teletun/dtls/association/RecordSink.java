package dev.teletun.dtls.association;

/** What comes out of a received datagram; called during {@link Association#receive}. */
public interface RecordSink {
  /** One packet, authentic and seen for the first time; borrowed. {@code length} may be 0. */
  void packet(byte[] bytes, int at, int length);

  /** A datagram to send to the peer as it is: our last flight again, which it has not got. */
  void answer(byte[] datagram, int at, int length);
}
