package dev.teletun.dtls.handshake;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Takes captured datagrams apart by RFC 6347 §4.1 and RFC 9146 §4, independently of the code under
 * test.
 */
final class Records {
  private static final int ID = 8;

  private Records() {}

  /** Each record as hexadecimal digits. */
  static List<String> split(byte[] datagram) {
    List<String> records = new ArrayList<>();
    int at = 0;
    while (at < datagram.length) {
      int id = datagram[at] == 25 ? ID : 0;
      int body = at + 13 + id;
      int length = 13 + id + ((datagram[body - 2] & 0xFF) << 8 | (datagram[body - 1] & 0xFF));
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
    int body = 2 * (type(record) == 25 ? 13 + ID : 13);
    return record.substring(body, body + 16);
  }
}
