package dev.teletun.protocol.packet;

/** Where the fields of a UDP header lie (RFC 768). */
public final class Udp {

  /** Header length in bytes. */
  public static final int HEADER = 8;

  /** Whom it is for; TCP has it at the same place. */
  public static final int DESTINATION_PORT = 2;

  /** Bytes of header and payload. */
  public static final int LENGTH = 4;

  /** Checksum, 0 for none. */
  public static final int CHECKSUM = 6;

  private Udp() {}
}
