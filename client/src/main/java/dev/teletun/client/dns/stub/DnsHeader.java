package dev.teletun.client.dns.stub;

/** Fields of the 12-byte header at the front of a DNS message (RFC 1035 §4.1.1). */
public final class DnsHeader {
  public static final int BYTES = 12;
  static final int NO_ERROR = 0;
  static final int SERVER_FAILURE = 2;

  private static final int RESPONSE = 0x80;
  private static final int RECURSION_DESIRED = 0x01;
  private static final int RECURSION_AVAILABLE = 0x80;

  private DnsHeader() {}

  static int id(byte[] message) {
    return u16(message, 0);
  }

  /** A copy of the message with another id. */
  static byte[] withId(byte[] message, int id) {
    byte[] copy = message.clone();
    copy[0] = (byte) (id >> 8);
    copy[1] = (byte) id;
    return copy;
  }

  static boolean isResponse(byte[] message) {
    return (message[2] & RESPONSE) != 0;
  }

  static int opcode(byte[] message) {
    return (message[2] >> 3) & 0xf;
  }

  static boolean isTruncated(byte[] message) {
    return (message[2] & 0x02) != 0;
  }

  /** Without the extension of EDNS. */
  static int responseCode(byte[] message) {
    return message[3] & 0xf;
  }

  static int questions(byte[] message) {
    return u16(message, 4);
  }

  static int answers(byte[] message) {
    return u16(message, 6);
  }

  /** SERVFAIL for a query, with its question if it has a readable one. */
  static byte[] serverFailure(byte[] query) {
    int length = Question.parse(query).map(Question::end).orElse(BYTES);
    byte[] answer = java.util.Arrays.copyOf(query, length);
    answer[2] = (byte) (RESPONSE | (query[2] & (0x78 | RECURSION_DESIRED)));
    answer[3] = (byte) (RECURSION_AVAILABLE | SERVER_FAILURE);
    answer[5] = (byte) (length > BYTES ? 1 : 0);
    java.util.Arrays.fill(answer, 6, BYTES, (byte) 0);
    answer[4] = 0;
    return answer;
  }

  public static int u16(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }
}
