package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.GcmKey;
import dev.teletun.dtls.record.RecordOpener;
import dev.teletun.dtls.record.RecordSealer;
import java.nio.ByteBuffer;
import java.util.List;

/** Two associations with the same keys, without a handshake. */
record SealedPair(Association client, Association server) {
  private static final int TO_SERVER = 1;
  private static final int TO_CLIENT = 2;

  /** What the server's says last in its handshake. */
  static final byte[] LAST_FLIGHT = {22, 1, 2, 3};

  /** The {@code number}th, with keys and connection IDs of its own. */
  static SealedPair of(int number) {
    return new SealedPair(
        Association.ofClient(
            new RecordSealer(key(number, TO_SERVER)), new RecordOpener(key(number, TO_CLIENT))),
        Association.ofServer(
            new RecordSealer(key(number, TO_CLIENT)),
            new RecordOpener(key(number, TO_SERVER)),
            List.of(LAST_FLIGHT),
            () -> 0));
  }

  private static GcmKey key(int number, int direction) {
    byte[] key = ByteBuffer.allocate(16).putInt(number).putInt(direction).array();
    byte[] id = ByteBuffer.allocate(8).putInt(number).putInt(direction).array();
    return new GcmKey(key, new byte[GcmKey.SALT], ConnectionId.of(id));
  }

  byte[] byClient(byte[] plaintext) {
    return sealed(client, plaintext);
  }

  byte[] byServer(byte[] plaintext) {
    return sealed(server, plaintext);
  }

  private static byte[] sealed(Association sender, byte[] plaintext) {
    byte[] record = new byte[plaintext.length + sender.overhead()];
    sender.seal(plaintext, 0, plaintext.length, record, 0);
    return record;
  }
}
