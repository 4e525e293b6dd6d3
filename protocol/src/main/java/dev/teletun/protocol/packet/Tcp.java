package dev.teletun.protocol.packet;

/** Where the fields of a TCP header lie, and its flags (RFC 9293 §3.1, RFC 3168 §6.1). */
public final class Tcp {

  /** Header length in bytes without options. */
  public static final int MIN_HEADER = 20;

  /** Number of the first payload byte. */
  public static final int SEQUENCE = 4;

  /** Number of the byte expected next. */
  public static final int ACKNOWLEDGMENT = 8;

  /** Header length in the high four bits, reserved bits. */
  public static final int DATA_OFFSET = 12;

  /** One byte of flags. */
  public static final int FLAGS = 13;

  /** Bytes the sender will take. */
  public static final int WINDOW = 14;

  /** Checksum. */
  public static final int CHECKSUM = 16;

  /** End of urgent data. */
  public static final int URGENT = 18;

  /** No more data. */
  public static final int FIN = 0x01;

  /** The first segment of its direction; the only one with a maximum segment size. */
  public static final int SYN = 0x02;

  /** The connection is no more. */
  public static final int RST = 0x04;

  /** Hand over what has arrived. */
  public static final int PSH = 0x08;

  /** The acknowledgment number counts. */
  public static final int ACK = 0x10;

  /** ECN echo. */
  public static final int ECE = 0x40;

  /** Congestion window reduced: said once, in the first segment. */
  public static final int CWR = 0x80;

  private Tcp() {}

  /** Bytes of the header at {@code tcp}, as it says itself. */
  public static int headerLength(byte[] bytes, int tcp) {
    return (bytes[tcp + DATA_OFFSET] >> 4 & 0xf) * 4;
  }
}
