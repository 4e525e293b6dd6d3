package dev.teletun.linux.udp;

/** Whether IP may fragment our datagrams ({@code IP_MTU_DISCOVER}, ip(7)). */
public enum Fragmentation {
  /** Never; what exceeds the path MTU is {@link SendResult#TOO_BIG}. */
  FORBIDDEN(2),

  /** By us, to the path MTU that the kernel knows, and for IPv4 by any router. */
  ALLOWED(0),

  /** Never, and the path MTU known so far does not count: for finding a larger one. */
  PROBING(3);

  final int value;

  Fragmentation(int value) {
    this.value = value;
  }
}
