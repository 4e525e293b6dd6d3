package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What comes out of an association, and whether that is right. */
final class Conversation implements RecordSink {
  final List<byte[]> packets = new ArrayList<>();
  int answers;

  @Override
  public void packet(byte[] bytes, int at, int length) {
    packets.add(Arrays.copyOfRange(bytes, at, at + length));
  }

  @Override
  public void answer(byte[] datagram, int at, int length) {
    answers++;
  }

  /** One of the records is taken, and says {@code plaintext}. */
  static void requireOpens(Association receiver, byte[] plaintext, byte[]... records) {
    Conversation heard = new Conversation();
    for (byte[] record : records) {
      receiver.receive(record, 0, record.length, heard);
    }
    require(
        heard.packets.size() == 1 && Arrays.equals(heard.packets.getFirst(), plaintext),
        "a genuine record is not opened: %s",
        receiver.counters());
  }
}
