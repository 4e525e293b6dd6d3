package dev.teletun.protocol.fragment;

import java.nio.ByteBuffer;

/** Takes the fragments of a packet, in their order. */
@FunctionalInterface
public interface FragmentSink {

  /** One complete packet; the bytes are borrowed until the call returns. */
  void fragment(ByteBuffer bytes, int at, int length);
}
