package dev.teletun.lab.relay;

import java.time.Duration;

/**
 * One direction through a network: decides what becomes of each datagram, in the order in which
 * they come. One thread at a time.
 */
public interface Passage {
  /** What comes out at the other end. */
  interface Exit {
    /** One datagram, after so long. */
    void arrives(byte[] datagram, Duration later);
  }

  /** A datagram goes in; none, one or several come out. */
  void carry(byte[] datagram, Exit exit);

  /** A network that carries all as it is, at once. */
  Passage CLEAR = (datagram, exit) -> exit.arrives(datagram, Duration.ZERO);

  /** Loses datagram {@code k}, counted from 0, and no other. */
  static Passage losing(int k) {
    return new Nth(k, Nth.Fault.LOST);
  }

  /** Carries datagram {@code k} twice. */
  static Passage doubling(int k) {
    return new Nth(k, Nth.Fault.DOUBLED);
  }

  /** Carries datagram {@code k} behind the one after it, however long that takes. */
  static Passage overtaking(int k) {
    return new Nth(k, Nth.Fault.OVERTAKEN);
  }
}
