package dev.teletun.dtls.handshake;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.dtls.tools.Tool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody who knows addresses and ports, sees every datagram, and has no key. */
@Timeout(60)
class AdversaryTest {
  private static final int DTLS_1_2 = RecordHeader.VERSION;

  private static byte[] record(int type, int version, int epoch, long sequence, byte[] body) {
    return record(type, version, epoch, sequence, new byte[0], body);
  }

  private static byte[] record(
      int type, int version, int epoch, long sequence, byte[] id, byte[] body) {
    return ByteBuffer.allocate(13 + id.length + body.length)
        .put((byte) type)
        .putShort((short) version)
        .putLong((long) epoch << 48 | sequence)
        .put(id)
        .putShort((short) body.length)
        .put(body)
        .array();
  }

  /** A fragment of a handshake message that declares {@code length} bytes. */
  private static byte[] fragment(int number, int type, int length, int offset, int bytes) {
    ByteBuffer body = ByteBuffer.allocate(12 + bytes);
    body.putInt(type << 24 | length).putShort((short) number);
    body.put((byte) (offset >> 16)).putShort((short) offset);
    body.put((byte) (bytes >> 16)).putShort((short) bytes);
    return record(22, DTLS_1_2, 0, number * 1000L + offset + 50, body.array());
  }

  @Nested
  @ParameterizedClass(name = "with connection IDs: {0}")
  @ValueSource(booleans = {false, true})
  class AfterTheHandshake {
    private static final int TLS12_CID = 25;

    private final boolean ids;
    private final int protectedType;
    private Link link;

    AfterTheHandshake(boolean ids) {
      this.ids = ids;
      this.protectedType = ids ? TLS12_CID : 23;
    }

    @BeforeEach
    void establish() throws Exception {
      ConnectionId client = ids ? ConnectionId.random() : ConnectionId.NONE;
      ConnectionId server = ids ? ConnectionId.random() : ConnectionId.NONE;
      link = Link.withIds(client, server, (_, _) -> true).established();
      link.exchange();
    }

    /** Each gets it with its own connection ID, if the type has one. */
    private void bothGet(int type, int version, int epoch, long sequence, byte[] body) {
      for (Peer peer : List.of(link.client, link.server)) {
        byte[] own = peer.association().ownConnectionId().bytes();
        byte[] id = type == TLS12_CID ? own : new byte[0];
        peer.receive(record(type, version, epoch, sequence, id, body));
      }
    }

    /** Whatever happened, both directions still work, and nothing forged came through. */
    @AfterEach
    void theAssociationLives() throws IOException {
      link.exchange();
      assertThat(link.server.packets).containsOnly("ping");
      assertThat(link.client.packets).containsOnly("pong");
      link.close();
    }

    private void bothGet(byte[] datagram) {
      link.client.receive(datagram);
      link.server.receive(datagram);
    }

    @Test
    void shortRecordsOfEveryTypeAreDropped() {
      for (int type = 0; type < 256; type++) {
        for (int length = 0; length <= 40; length++) {
          bothGet(type, DTLS_1_2, 1, 1000 + length, new byte[length]);
        }
      }

      var counters = link.server.association().counters();
      long otherForm = ids ? 255 : 1;
      long thisForm = 256 - otherForm;
      assertThat(counters.malformed()).isEqualTo(otherForm * 41 + thisForm * 24);
      assertThat(counters.forged()).isEqualTo(thisForm * 17);
    }

    @Test
    void recordsThatCannotBeRightAreDropped() {
      byte[] valid = link.client.sealed("never arrives");
      byte[] body = Arrays.copyOfRange(valid, ids ? 21 : 13, valid.length);
      int other = ids ? 23 : TLS12_CID;

      bothGet(protectedType, DTLS_1_2, 1, (1L << 48) - 1, body);
      bothGet(protectedType, DTLS_1_2, 2, 5, body);
      bothGet(protectedType, DTLS_1_2, 65_535, 5, body);
      bothGet(protectedType, 0xFEFF, 1, 5, body);
      bothGet(protectedType, 0x0303, 1, 5, body);
      bothGet(other, DTLS_1_2, 1, 5, body);
      bothGet(protectedType, DTLS_1_2, 0, 5, "clear".getBytes(US_ASCII));
      bothGet(23, DTLS_1_2, 0, 5, "clear".getBytes(US_ASCII));
      bothGet(new byte[65_507]);
      bothGet(new byte[0]);
      byte[] tooLong = valid.clone();
      tooLong[ids ? 19 : 11] = 0x7F;
      bothGet(tooLong);
      for (int length = 0; length < valid.length; length++) {
        bothGet(Arrays.copyOf(valid, length));
      }
      for (int flipped = 0; flipped < valid.length * 8; flipped++) {
        byte[] wrong = valid.clone();
        wrong[flipped / 8] ^= (byte) (1 << flipped % 8);
        bothGet(wrong);
      }
    }

    @Test
    void aHundredThousandRandomDatagramsAreDropped() {
      Random random = new Random(1);
      for (int i = 0; i < 100_000; i++) {
        byte[] body = new byte[random.nextInt(80)];
        random.nextBytes(body);
        bothGet(protectedType, DTLS_1_2, 1, random.nextLong(1L << 48), body);
        bothGet(body);
      }
    }

    @Test
    void aGoodRecordBesideGarbageInOneDatagramIsTaken() {
      byte[] good = link.client.sealed("ping");
      byte[] forged = good.clone();
      forged[forged.length - 1]++;

      link.server.receive(
          ByteBuffer.allocate(forged.length + good.length + 3).put(forged).put(good).array());

      assertThat(link.server.packets).hasSize(2);
    }

    @Test
    void alertsAndHandshakesInClearAreIgnoredAndNotAnswered() {
      int sent = link.fromServer.size();
      byte[] fatal = {2, 40};
      byte[] closeNotify = {1, 0};
      for (int i = 0; i < 1000; i++) {
        bothGet(record(21, DTLS_1_2, 0, 100 + i, fatal));
        bothGet(record(21, DTLS_1_2, 0, 2100 + i, closeNotify));
        bothGet(record(20, DTLS_1_2, 0, 4100 + i, new byte[] {1}));
        bothGet(fragment(0, 0, 0, 0, 0)); // HelloRequest
        bothGet(fragment(2, 11, 100, 0, 100));
      }

      assertThat(link.fromServer).hasSize(sent);
      assertThat(link.server.association().peerClosed()).isFalse();
    }

    @Test
    void replaysAreDroppedAndNotAnswered() {
      List<byte[]> fromClient = new ArrayList<>(link.fromClient);
      List<byte[]> fromServer = new ArrayList<>(link.fromServer);

      for (int again = 0; again < 3; again++) {
        fromClient.forEach(link.server::receive);
        fromServer.forEach(link.client::receive);
        fromClient.forEach(link.client::receive); // reflected
        fromServer.forEach(link.server::receive);
      }

      assertThat(link.server.packets).hasSize(1);
      assertThat(link.client.packets).hasSize(1);
      assertThat(link.fromServer).hasSameSizeAs(fromServer);
    }
  }

  /** The limit for AES-GCM is 2^36 (RFC 9147 §4.5.3), in the hour that an association may live. */
  @Test
  void aMillionForgedRecordsAreCountedAndEndNothing() throws Exception {
    int count = 1 << 20;
    try (Link link = Link.between(Keys.CLIENT, Keys.SERVER).established()) {
      link.exchange();
      byte[] forged = link.client.sealed("never arrives");
      forged[forged.length - 1]++;

      for (int i = 0; i < count; i++) {
        link.server.receive(forged);
      }

      assertThat(link.server.association().counters().forged()).isEqualTo(count);
      link.exchange();
      assertThat(link.server.packets).containsOnly("ping");
    }
  }

  @Test
  void forgedAlertsDuringTheHandshakeDoNotEndIt() throws Exception {
    List<Link> made = new ArrayList<>();
    Link.Network injecting =
        (fromClient, _) -> {
          Link link = made.getFirst();
          for (byte[] alert : new byte[][] {{2, 40}, {2, 42}, {1, 0}}) {
            byte[] forged = record(21, DTLS_1_2, 0, 900, alert);
            if (fromClient) {
              link.serverGets(forged);
            } else {
              link.client.deliver(forged, 0, forged.length);
            }
          }
          return true;
        };
    try (Link link = new Link(Keys.SERVER, Keys.CLIENT.pin(), injecting)) {
      made.add(link);
      link.dial(Keys.CLIENT, Keys.SERVER.pin());

      link.established().exchange();
    }
  }

  @Test
  void reassemblyBombsStayWithoutMemory() throws Exception {
    int declared = (1 << 24) - 1;
    try (Handshake client =
            Handshake.client(
                Keys.CLIENT, Keys.SERVER.pin(), 1500, (_, _, _) -> {}, Duration.ofSeconds(30));
        Link link =
            Link.between(
                Keys.CLIENT, Keys.SERVER, (fromClient, d) -> !fromClient || d.length < 400)) {
      Tool.await("the server's handshake", link.server::isStarted);
      long before = allocatedByHandshakes();

      for (int number = 0; number < 32; number++) {
        byte[] bomb = fragment(number, 11, declared, 0, 1);
        client.offer(bomb, 0, bomb.length);
        link.server.deliver(bomb, 0, bomb.length);
        Thread.onSpinWait();
      }
      Thread.sleep(100); // nothing to wait for: a dropped record leaves no trace

      assertThat(allocatedByHandshakes() - before).isLessThan(8 << 20);
    }
  }

  private static long allocatedByHandshakes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("dtls-handshake"))
        .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
        .sum();
  }
}
