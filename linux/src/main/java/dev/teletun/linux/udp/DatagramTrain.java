package dev.teletun.linux.udp;

/**
 * What one receive call brought: datagrams of one peer, one after the other, all of {@link
 * #segmentBytes} but the last, which may be shorter.
 *
 * <p>Made once and filled again and again; one thread. A single empty datagram has length 0 and
 * segment size 0.
 */
public final class DatagramTrain {
  static final int CAPACITY = 65_536;

  private final byte[] bytes = new byte[CAPACITY];
  private UdpPeer peer = new UdpPeer(0, 0, 0, 0, 0, 0);
  private int length;
  private int segmentBytes;

  /** An empty train. */
  public DatagramTrain() {}

  /** The datagrams, from 0 to {@link #length}; overwritten by the next receive. */
  public byte[] bytes() {
    return bytes;
  }

  /** Bytes of all datagrams together. */
  public int length() {
    return length;
  }

  /** Bytes of each datagram but the last. */
  public int segmentBytes() {
    return segmentBytes;
  }

  /** Who sent them. */
  public UdpPeer peer() {
    return peer;
  }

  void filled(UdpPeer from, int totalBytes, int perDatagram) {
    peer = from;
    length = totalBytes;
    segmentBytes = perDatagram;
  }
}
