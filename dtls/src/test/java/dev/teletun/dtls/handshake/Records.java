package dev.teletun.dtls.handshake;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Takes captured datagrams apart by RFC 6347 §4.1, independently of the code under test. */
final class Records {
  private Records() {}

  /** Each record as hexadecimal digits. */
  static List<String> split(byte[] datagram) {
    List<String> records = new ArrayList<>();
    int at = 0;
    while (at < datagram.length) {
      int length = 13 + ((datagram[at + 11] & 0xFF) << 8 | (datagram[at + 12] & 0xFF));
      records.add(HexFormat.of().formatHex(Arrays.copyOfRange(datagram, at, at + length)));
      at += length;
    }
    return records;
  }

  static int type(String record) {
    return Integer.parseInt(record.substring(0, 2), 16);
  }

  static int epoch(String record) {
    return Integer.parseInt(record.substring(6, 10), 16);
  }

  static String explicitNonce(String record) {
    return record.substring(26, 42);
  }
}
