package dev.teletun.linux.udp;

/** What became of a train that was handed to {@link UdpSocket#send}. */
public enum SendResult {
  /** The kernel took it; a part may have been lost and counted. */
  SENT,

  /** Nothing was taken, the socket's buffer is full: drop it, or wait until writable. */
  WOULD_BLOCK,

  /**
   * A datagram exceeds the path MTU and must not be fragmented; it and what followed is dropped.
   */
  TOO_BIG,

  /** Refused for a reason that may pass, such as a missing route; counted by error number. */
  LOST
}
