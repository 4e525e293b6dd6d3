package dev.teletun.protocol.offload;

/** Takes the packets that a superpacket is made of, in their order. */
@FunctionalInterface
public interface SegmentSink {

  /** One complete packet; the bytes are borrowed until the call returns. */
  void segment(byte[] bytes, int at, int length);
}
