package dev.teletun.linux.udp;

/** Fills trains as if datagrams had been received. */
public final class Arrival {
  private Arrival() {}

  /** One datagram from {@code peer}, copied; longer ones than a train holds are cut. */
  public static DatagramTrain in(DatagramTrain train, UdpPeer peer, byte[] datagram) {
    int length = Math.min(datagram.length, DatagramTrain.CAPACITY);
    System.arraycopy(datagram, 0, train.bytes(), 0, length);
    train.filled(peer, length, length);
    return train;
  }
}
