package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.handshake.IngressGuard.Verdict;
import dev.teletun.dtls.record.ConnectionId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class IngressGuardTest {
  private static final int CERTIFICATE = 11;
  private static final int KEY_EXCHANGE = 12;
  private static final int CERTIFICATE_VERIFY = 15;
  private static final int FINISHED = 20;
  private static final byte[] DONE = {14, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0};

  private final MessageLedger ledger = new MessageLedger();
  private final IngressGuard server =
      new IngressGuard(true, new ConnectionIds(true, ConnectionId.NONE));
  private final IngressGuard client =
      new IngressGuard(false, new ConnectionIds(false, ConnectionId.NONE));

  private static HandshakeFragment fragment(int type, int of, int number, int offset, int length) {
    return new HandshakeFragment(type, of, number, offset, length);
  }

  private static byte[] record(int type, int epoch, byte... body) {
    return ByteBuffer.allocate(13 + body.length)
        .put((byte) type)
        .putShort((short) 0xFEFD)
        .putLong((long) epoch << 48)
        .putShort((short) body.length)
        .put(body)
        .array();
  }

  private static byte[] message(int type, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(12 + length);
    bytes.putInt(type << 24 | length).putShort((short) 3).put((byte) 0).putShort((short) 0);
    bytes.put((byte) 0).putShort((short) length);
    return bytes.array();
  }

  private boolean admit(HandshakeFragment fragment) {
    return ledger.admit(fragment, new byte[8193], 0);
  }

  @Test
  void admitsMessagesUpToTheLargestCertificateOnly() {
    assertThat(admit(fragment(KEY_EXCHANGE, 8192, 1, 0, 1000))).isTrue();
    assertThat(admit(fragment(KEY_EXCHANGE, 8193, 2, 0, 1000))).isFalse();
  }

  @Test
  void refusesManySmallFragments() {
    int admitted = 0;
    for (int offset = 0; offset < 8192; offset++) {
      admitted += admit(fragment(KEY_EXCHANGE, 8192, 1, offset, 1)) ? 1 : 0;
    }

    assertThat(admitted).isEqualTo(64);
  }

  @Test
  void refusesMoreNewBytesThanAHandshakeHas() {
    int admitted = 0;
    for (int number = 0; number < 32; number++) {
      admitted += admit(fragment(KEY_EXCHANGE, 8192, number, 0, 8192)) ? 8192 : 0;
    }

    assertThat(admitted).isEqualTo(64 * 1024);
  }

  @Test
  void refusesEndlessRepetitions() {
    HandshakeFragment whole = fragment(KEY_EXCHANGE, 500, 1, 0, 500);
    int admitted = 0;
    for (int i = 0; i < 1000; i++) {
      admitted += admit(whole) ? 1 : 0;
    }

    assertThat(admitted).isEqualTo(1 + 256);
  }

  @Test
  void refusesFragmentsThatContradictTheirMessage() {
    assertThat(admit(fragment(KEY_EXCHANGE, 500, 1, 0, 100))).isTrue();

    assertThat(admit(fragment(KEY_EXCHANGE, 501, 1, 100, 100))).isFalse();
    assertThat(admit(fragment(CERTIFICATE_VERIFY, 500, 1, 100, 100))).isFalse();
    assertThat(admit(fragment(KEY_EXCHANGE, 500, 1, 450, 51))).isFalse();
    assertThat(admit(fragment(KEY_EXCHANGE, 500, 1, 100, 0))).isFalse();
    assertThat(admit(fragment(KEY_EXCHANGE, 500, 40, 0, 100))).isFalse();
    assertThat(admit(fragment(FINISHED, 12, 2, 0, 12))).isFalse();
    assertThat(admit(fragment(KEY_EXCHANGE, 500, 1, 50, 450))).as("overlap").isTrue();
  }

  private static byte[] certificates(int listLength, int certificateLength) {
    return ByteBuffer.allocate(20)
        .put((byte) (listLength >> 16))
        .putShort((short) listLength)
        .put((byte) (certificateLength >> 16))
        .putShort((short) certificateLength)
        .array();
  }

  @Test
  void refusesACertificateWhoseLengthsSayMoreThanThereIs() {
    HandshakeFragment whole = fragment(CERTIFICATE, 20, 1, 0, 20);

    for (byte[] nonsense :
        List.of(
            certificates(0xffffff, 14),
            certificates(18, 14),
            certificates(16, 14),
            certificates(17, 0xffffff),
            certificates(17, 15),
            certificates(17, 13))) {
      assertThat(ledger.admit(whole, nonsense, 0)).isFalse();
    }
    assertThat(ledger.admit(fragment(CERTIFICATE, 2, 2, 0, 2), new byte[2], 0)).isFalse();
    assertThat(ledger.admit(whole, certificates(17, 14), 0)).as("what comes after").isTrue();
    byte[] none = new byte[3];
    assertThat(ledger.admit(fragment(CERTIFICATE, 3, 3, 0, 3), none, 0)).isTrue();
  }

  @Test
  void seesThroughFragmentsOfACertificate() {
    byte[] good = certificates(17, 14);
    byte[] bad = certificates(0xffffff, 14);

    assertThat(ledger.admit(fragment(CERTIFICATE, 20, 1, 2, 18), good, 2)).isTrue();
    assertThat(ledger.admit(fragment(CERTIFICATE, 20, 1, 0, 2), bad, 0)).isFalse();
    assertThat(ledger.admit(fragment(CERTIFICATE, 20, 1, 0, 20), bad, 0)).isFalse();
    assertThat(ledger.admit(fragment(CERTIFICATE, 20, 1, 0, 3), good, 0)).isTrue();
    assertThat(ledger.admit(fragment(CERTIFICATE, 20, 1, 0, 20), bad, 0))
        .as("a repetition, in case BouncyCastle has dropped what came first")
        .isFalse();
    assertThat(ledger.admit(fragment(CERTIFICATE, 20, 1, 0, 20), good, 0)).isTrue();
  }

  @Test
  void refusesWhatNobodyAskedFor() {
    assertThat(admit(fragment(23, 100, 1, 0, 100))).as("supplemental data").isFalse();
  }

  @Test
  void theServerChangesKeysOnlyAfterAWholeCertificateVerify() {
    byte[] change = record(20, 0, (byte) 1);
    byte[] verify = message(CERTIFICATE_VERIFY, 80);

    assertThat(server.judge(change, 0)).isEqualTo(Verdict.DROP);
    assertThat(server.judge(record(22, 0, verify), 0)).isEqualTo(Verdict.PASS);
    assertThat(server.judge(change, 0)).isEqualTo(Verdict.PASS);
    assertThat(client.judge(change, 0)).isEqualTo(Verdict.PASS);
  }

  @Test
  void sortsTheRecordsOfEachEpoch() {
    assertThat(client.judge(record(21, 0, (byte) 2, (byte) 40), 0)).isEqualTo(Verdict.ALERT);
    assertThat(client.judge(record(21, 0, (byte) 1, (byte) 90), 0)).isEqualTo(Verdict.DROP);
    assertThat(client.judge(record(23, 0, (byte) 69), 0)).isEqualTo(Verdict.DROP);
    assertThat(client.judge(record(22, 1, new byte[23]), 0)).isEqualTo(Verdict.DROP);
    assertThat(client.judge(record(22, 1, new byte[24]), 0)).isEqualTo(Verdict.PASS);
    assertThat(client.judge(record(23, 1, new byte[24]), 0)).isEqualTo(Verdict.KEEP);
    assertThat(client.judge(record(20, 1, new byte[24]), 0)).isEqualTo(Verdict.DROP);
    assertThat(client.judge(record(22, 2, new byte[24]), 0)).isEqualTo(Verdict.DROP);
  }

  private static byte[] withId(ConnectionId id, int epoch, int length) {
    return ByteBuffer.allocate(13 + id.length() + length)
        .put((byte) 25)
        .putShort((short) 0xFEFD)
        .putLong((long) epoch << 48)
        .put(id.bytes())
        .putShort((short) length)
        .array();
  }

  @Test
  void passesOnlyTheFormThatWasAgreedOn() {
    ConnectionId own = ConnectionId.random();
    ConnectionIds ids = new ConnectionIds(false, own);
    IngressGuard guard = new IngressGuard(false, ids);
    byte[] good = withId(own, 1, 25);
    byte[] old = record(22, 1, new byte[24]);

    assertThat(guard.judge(good, 0)).as("before the answer").isEqualTo(Verdict.DROP);
    assertThat(guard.judge(old, 0)).as("before the answer").isEqualTo(Verdict.DROP);
    ids.answered(true);
    assertThat(guard.judge(good, 0)).as("before the change of keys").isEqualTo(Verdict.KEEP);
    assertThat(guard.judge(record(20, 0, (byte) 1), 0)).isEqualTo(Verdict.PASS);
    assertThat(guard.judge(good, 0)).isEqualTo(Verdict.PASS);
    assertThat(guard.judge(old, 0)).isEqualTo(Verdict.DROP);
    assertThat(guard.judge(record(23, 1, new byte[99]), 0)).isEqualTo(Verdict.DROP);
    assertThat(guard.judge(withId(own, 1, 24), 0)).as("no type").isEqualTo(Verdict.DROP);
    assertThat(guard.judge(withId(own, 0, 25), 0)).isEqualTo(Verdict.DROP);
    assertThat(guard.judge(withId(ConnectionId.random(), 1, 25), 0)).isEqualTo(Verdict.DROP);
    for (int length = 13; length < good.length; length++) {
      assertThat(guard.judge(Arrays.copyOf(good, length), 0)).isEqualTo(Verdict.DROP);
    }
    ids.answered(false);
    assertThat(guard.judge(good, 0)).isEqualTo(Verdict.DROP);
    assertThat(guard.judge(old, 0)).isEqualTo(Verdict.PASS);
  }

  @Test
  void aServerExpectsIdsOnlyAfterItHasAcceptedThem() {
    ConnectionId own = ConnectionId.random();
    ConnectionIds ids = new ConnectionIds(true, own);
    IngressGuard guard = new IngressGuard(true, ids);

    assertThat(guard.judge(withId(own, 1, 25), 0)).isEqualTo(Verdict.DROP);
    assertThat(guard.judge(record(22, 1, new byte[24]), 0)).isEqualTo(Verdict.PASS);
    assertThat(ids.accept()).isEqualTo(own.bytes());
    assertThat(guard.judge(withId(own, 1, 25), 0)).isEqualTo(Verdict.KEEP);
    assertThat(guard.judge(record(22, 1, new byte[24]), 0)).isEqualTo(Verdict.DROP);
  }

  @Test
  void judgesARecordWhereverItBegins() {
    ConnectionId own = ConnectionId.random();
    ConnectionIds ids = new ConnectionIds(false, own);
    IngressGuard guard = new IngressGuard(false, ids);
    byte[] messages = ByteBuffer.allocate(64).put(message(KEY_EXCHANGE, 40)).put(DONE).array();

    assertThat(guard.judge(behind(record(22, 0, messages)), 5)).isEqualTo(Verdict.PASS);
    assertThat(guard.judge(behind(record(22, 0, message(CERTIFICATE_VERIFY, 9))), 5))
        .as("the number of another message")
        .isEqualTo(Verdict.DROP);
    assertThat(guard.judge(behind(record(21, 0, (byte) 2, (byte) 40)), 5)).isEqualTo(Verdict.ALERT);
    assertThat(guard.judge(behind(record(21, 0, (byte) 1, (byte) 0)), 5)).isEqualTo(Verdict.ALERT);
    assertThat(guard.judge(behind(record(21, 0, (byte) 1, (byte) 90)), 5)).isEqualTo(Verdict.DROP);
    ids.answered(true);
    assertThat(guard.judge(behind(withId(own, 1, 25)), 5)).isEqualTo(Verdict.KEEP);
    assertThat(guard.judge(behind(withId(own, 1, 24)), 5)).isEqualTo(Verdict.DROP);
  }

  private static byte[] behind(byte[] record) {
    byte[] bytes = new byte[5 + record.length];
    Arrays.fill(bytes, (byte) 0x7f);
    System.arraycopy(record, 0, bytes, 5, record.length);
    return bytes;
  }

  @Test
  void dropsWhatIsOfAnotherVersion() {
    byte[] hello = record(22, 0, DONE);
    for (int version = 0xFEFC; version <= 0xFF00; version++) {
      byte[] other = hello.clone();
      other[1] = (byte) (version >> 8);
      other[2] = (byte) version;
      boolean known = version == 0xFEFD || version == 0xFEFF;

      assertThat(client.judge(other, 0)).isEqualTo(known ? Verdict.PASS : Verdict.DROP);
    }
  }

  @Test
  void saysWhatIsNewAndNothingOfWhatIsCut() {
    byte[] whole = message(KEY_EXCHANGE, 40);
    client.judge(behind(record(22, 0, Arrays.copyOf(whole, 30))), 5);
    assertThat(client.takeProgress()).isFalse();

    client.judge(record(22, 0, whole), 0);

    assertThat(client.takeProgress()).isTrue();
    assertThat(client.takeProgress()).isFalse();
  }

  @Test
  void dropsAMessageThatIsCutAnywhere() {
    byte[] whole = message(KEY_EXCHANGE, 40);

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = record(22, 0, Arrays.copyOf(whole, length));
      assertThat(client.judge(cut, 0)).as("%d bytes", length).isEqualTo(Verdict.DROP);
    }
    assertThat(client.judge(record(22, 0, whole), 0)).isEqualTo(Verdict.PASS);
  }
}
