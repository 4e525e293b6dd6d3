package dev.teletun.dtls.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.GcmKey;
import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.dtls.record.RecordOpener;
import dev.teletun.dtls.record.RecordSealer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssociationTest {
  private static final byte[] CLIENT_KEY = new byte[16];
  private static final byte[] SERVER_KEY = HexFormat.of().parseHex("01".repeat(16));
  private static final byte[] SALT = {1, 2, 3, 4};
  private static final byte[] FLIGHT = {20, 1, 2, 3};

  private final AtomicLong nanos = new AtomicLong();
  private final RecordSealer clientSealer = new RecordSealer(new GcmKey(CLIENT_KEY, SALT));
  private final Association client =
      Association.ofClient(clientSealer, new RecordOpener(new GcmKey(SERVER_KEY, SALT)));
  private final Association server =
      Association.ofServer(
          new RecordSealer(new GcmKey(SERVER_KEY, SALT)),
          new RecordOpener(new GcmKey(CLIENT_KEY, SALT)),
          List.of(FLIGHT),
          nanos::get);
  private final List<byte[]> packets = new ArrayList<>();
  private final List<byte[]> answers = new ArrayList<>();
  private final RecordSink sink =
      new RecordSink() {
        @Override
        public void packet(byte[] bytes, int at, int length) {
          packets.add(Arrays.copyOfRange(bytes, at, at + length));
        }

        @Override
        public void answer(byte[] datagram, int at, int length) {
          answers.add(Arrays.copyOfRange(datagram, at, at + length));
        }
      };

  private byte[] sealed(int type, int length) {
    byte[] record = new byte[length + clientSealer.overhead()];
    clientSealer.seal(type, new byte[length], 0, length, record, 0);
    return record;
  }

  private void serverGets(byte[] datagram) {
    server.receive(datagram, 0, datagram.length, sink);
  }

  @Test
  void sealsAsRfc5288Says() throws Exception {
    byte[] packet = {69, 0, 0, 3};

    byte[] into = new byte[60];
    int length = client.seal(packet, 0, packet.length, into, 5);

    byte[] record = Arrays.copyOfRange(into, 5, 5 + length);
    assertThat(HexFormat.of().formatHex(record))
        .startsWith("17" + "fefd" + "0001" + "000000000000" + "001c");
    Cipher oracle = Cipher.getInstance("AES/GCM/NoPadding");
    byte[] nonce = new byte[12];
    System.arraycopy(SALT, 0, nonce, 0, 4);
    System.arraycopy(record, 13, nonce, 4, 8);
    oracle.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(CLIENT_KEY, "AES"),
        new GCMParameterSpec(128, nonce));
    oracle.updateAAD(HexFormat.of().parseHex("0001000000000000" + "17" + "fefd" + "0004"));
    assertThat(oracle.doFinal(record, 21, record.length - 21)).isEqualTo(packet);
  }

  @Test
  void carriesPacketsOfEveryLength() {
    for (int length : new int[] {0, 1, 20, 1400, 16_384}) {
      serverGets(sealed(RecordHeader.APPLICATION_DATA, length));

      assertThat(packets.removeLast()).hasSize(length);
    }
    assertThat(server.counters().opened()).isEqualTo(5);
  }

  @Test
  void saysWhichDatagramsAreTheNewest() {
    byte[] first = sealed(RecordHeader.APPLICATION_DATA, 1);
    byte[] second = sealed(RecordHeader.APPLICATION_DATA, 1);

    serverGets(second);
    assertThat(server.lastWasNewest()).isTrue();
    serverGets(first);
    assertThat(server.lastWasNewest()).isFalse();
    serverGets(second);
    assertThat(server.lastWasNewest()).isFalse();
    assertThat(packets).hasSize(2);
    assertThat(server.counters().replayed()).isEqualTo(1);
  }

  @Test
  void repeatsItsLastFlightEightTimesASecondAtMostAndUntilTheFirstPacket() {
    for (int millis = 0; millis < 1000; millis++) {
      serverGets(sealed(RecordHeader.HANDSHAKE, 24));
      nanos.addAndGet(Duration.ofMillis(1).toNanos());
    }
    assertThat(answers).hasSize(8).allSatisfy(answer -> assertThat(answer).isEqualTo(FLIGHT));

    serverGets(sealed(RecordHeader.APPLICATION_DATA, 1));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    serverGets(sealed(RecordHeader.HANDSHAKE, 24));

    assertThat(answers).hasSize(8);
  }

  @Test
  void sendsNothingForWhatComesInClear() {
    byte[] clear = sealed(RecordHeader.HANDSHAKE, 24);
    clear[4] = 0; // the epoch's second byte

    serverGets(clear);

    assertThat(answers).isEmpty();
    assertThat(server.counters().otherEpoch()).isEqualTo(1);
    assertThat(server.counters().flightsRepeated()).isZero();
  }

  @Test
  void endsWithAnAuthenticAlertOnly() {
    serverGets(sealed(RecordHeader.ALERT, 3));
    assertThat(server.peerClosed()).isFalse();
    byte[] into = new byte[100];
    int length = client.closeNotify(into, 0);
    byte[] packet = sealed(RecordHeader.APPLICATION_DATA, 1);

    server.receive(into, 0, length, sink);
    serverGets(packet);

    assertThat(server.peerClosed()).isTrue();
    assertThat(packets).isEmpty();
  }

  @Test
  void sealsNothingAfterItIsClosed() {
    client.close();
    client.close();

    assertThatIllegalStateException().isThrownBy(() -> client.seal(FLIGHT, 0, 4, new byte[60], 0));
  }

  @Test
  void staysUsableWhenTheSinkThrows() {
    RecordSink throwing =
        new RecordSink() {
          @Override
          public void packet(byte[] bytes, int at, int length) {
            throw new IllegalStateException("TUN is gone");
          }

          @Override
          public void answer(byte[] datagram, int at, int length) {}
        };
    byte[] record = sealed(RecordHeader.APPLICATION_DATA, 5);
    assertThatIllegalStateException()
        .isThrownBy(() -> server.receive(record, 0, record.length, throwing));

    serverGets(record);
    serverGets(sealed(RecordHeader.APPLICATION_DATA, 6));

    assertThat(packets).singleElement().satisfies(packet -> assertThat(packet).hasSize(6));
  }

  @ParameterizedTest(name = "with connection IDs: {0}")
  @ValueSource(booleans = {false, true})
  void allocatesPerRecordLittleMoreThanTheCipher(boolean ids) {
    ConnectionId id = ids ? ConnectionId.random() : ConnectionId.NONE;
    RecordSealer sealer = new RecordSealer(new GcmKey(CLIENT_KEY, SALT, id));
    Association client =
        Association.ofClient(sealer, new RecordOpener(new GcmKey(SERVER_KEY, SALT)));
    Association server =
        Association.ofServer(
            new RecordSealer(new GcmKey(SERVER_KEY, SALT)),
            new RecordOpener(new GcmKey(CLIENT_KEY, SALT, id)),
            List.of(FLIGHT),
            nanos::get);
    int records = 20_000;
    byte[] packet = new byte[1400];
    byte[] record = new byte[1500];
    RecordSink nowhere =
        new RecordSink() {
          @Override
          public void packet(byte[] bytes, int at, int length) {}

          @Override
          public void answer(byte[] datagram, int at, int length) {}
        };
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sealing = 0;
    long opening = 0;
    for (int i = -records; i < records; i++) {
      if (i == 0) { // warm
        sealing = 0;
        opening = 0;
      }
      long start = threads.getCurrentThreadAllocatedBytes();
      int length = client.seal(packet, 0, packet.length, record, 0);
      long sealed = threads.getCurrentThreadAllocatedBytes();
      server.receive(record, 0, length, nowhere);
      long opened = threads.getCurrentThreadAllocatedBytes();
      sealing += sealed - start;
      opening += opened - sealed;
    }

    System.out.printf(
        "allocated per record of 1400 bytes: %d sealing, %d opening%n",
        sealing / records, opening / records);
    assertThat(server.counters().opened()).isEqualTo(2L * records);
    assertThat(sealing / records).isLessThanOrEqualTo(1536);
    assertThat(opening / records).isLessThanOrEqualTo(3584);
  }
}
