package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.dtls.tools.TestKeys;
import dev.teletun.dtls.tools.TestKeys.Kind;
import dev.teletun.dtls.tools.Tool;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class HandshakeTest {

  @ParameterizedTest
  @EnumSource
  void carriesPacketsBothWaysWithEveryKindOfKey(Kind kind) throws Exception {
    Identity client = TestKeys.make("client", kind).identity();
    Identity server = TestKeys.make("server", kind).identity();

    try (Link link = Link.between(client, server).established()) {
      link.exchange();
    }
  }

  @Test
  void sendsEachFlightInOneDatagram() throws Exception {
    try (Link link = Link.between(Keys.CLIENT, Keys.SERVER).established()) {

      assertThat(link.fromClient).hasSize(3); // hello, hello with cookie, the rest
      assertThat(link.fromServer).hasSize(3); // cookie, hello to hello done, finished
    }
  }

  @Test
  void theServerSaysNothingBeforeTheClientsFirstPacket() throws Exception {
    try (Link link = Link.between(Keys.CLIENT, Keys.SERVER).established()) {
      assertThat(link.server.association().confirmed()).isFalse();
      assertThat(link.client.association().confirmed()).isTrue();

      link.client.send("first");
      link.server.pump();

      assertThat(link.server.association().confirmed()).isTrue();
      assertThat(link.fromServer).hasSize(3);
    }
  }

  /** Only records in clear keep their type; that of a peer without a connection ID is plain. */
  @ParameterizedTest
  @CsvSource({
    "'', '', 23, 23",
    "'', 0102030405060708, 23, 23",
    "0102030405060708, '', 23, 23",
    "0102030405060708, 1112131415161718, 25, 25"
  })
  void usesConnectionIdsIfBothSidesHaveOne(
      String client, String server, int fromClient, int fromServer) throws Exception {
    ConnectionId clientId = ConnectionId.of(HexFormat.of().parseHex(client));
    ConnectionId serverId = ConnectionId.of(HexFormat.of().parseHex(server));
    boolean agreed = fromClient == RecordHeader.TLS12_CID;
    try (Link link = Link.withIds(clientId, serverId, (_, _) -> true).established()) {
      link.exchange();

      assertThat(lastType(link.fromClient)).isEqualTo(fromClient);
      assertThat(lastType(link.fromServer)).isEqualTo(fromServer);
      Association atServer = link.server.association();
      Association atClient = link.client.association();
      assertThat(atServer.ownConnectionId()).isEqualTo(agreed ? serverId : ConnectionId.NONE);
      assertThat(atClient.ownConnectionId()).isEqualTo(agreed ? clientId : ConnectionId.NONE);
      assertThat(atServer.overhead()).isEqualTo(agreed ? 46 : 37);
      assertThat(atServer.sealed()).isEqualTo(1);
      byte[] last = link.fromClient.getLast();
      assertThat(RecordHeader.connectionId(last, 0, last.length, 8))
          .isEqualTo(atServer.ownConnectionId());
      assertThat(atServer.ownConnectionId().isOf(last, 0, last.length)).isEqualTo(agreed);
      assertThat(atServer.ownConnectionId().isOf(last, 0, 20)).isFalse();
    }
  }

  private static int lastType(List<byte[]> sent) {
    return RecordHeader.type(sent.getLast(), 0);
  }

  @Test
  void survivesTheLossOfAnyOneDatagramWithoutConnectionIds() throws Exception {
    for (int lost = 0; lost < 6; lost++) {
      AtomicInteger left = new AtomicInteger(lost);
      try (Link link =
          Link.withIds(ConnectionId.NONE, ConnectionId.NONE, (_, _) -> left.getAndDecrement() != 0)
              .established()) {
        link.exchange();

        assertThatNoNonceRepeats(link);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void survivesTheLossOfAnyOneDatagram(Kind kind) throws Exception {
    Identity client = TestKeys.make("client", kind).identity();
    Identity server = TestKeys.make("server", kind).identity();
    int datagrams = 6;
    for (int lost = 0; lost < datagrams; lost++) {
      AtomicInteger left = new AtomicInteger(lost);
      try (Link link =
          Link.between(client, server, (_, _) -> left.getAndDecrement() != 0).established()) {
        link.exchange();

        assertThat(left).as("datagram %d was lost", lost).hasNegativeValue();
        assertThatNoNonceRepeats(link);
      }
    }
  }

  @Test
  void survivesTheLossOfAnyOneDatagramOfFlightsThatDoNotFitIntoOne() throws Exception {
    Identity client = TestKeys.make("client", Kind.RSA).identity(); // a split CertificateVerify
    Identity server = TestKeys.make("server", Kind.RSA).identity();
    int lost = 0;
    for (boolean all = false; !all; lost++) {
      AtomicInteger left = new AtomicInteger(lost);
      try (Link link = new Link(server, client.pin(), 300, (_, _) -> left.getAndDecrement() != 0)) {
        link.dial(client, server.pin());
        link.established();
        all = left.getAndSet(-1) >= 0; // the handshake had fewer datagrams than that
        link.exchange();

        assertThat(link.fromClient).allSatisfy(bytes -> assertThat(bytes).hasSizeLessThan(253));
      }
    }
    assertThat(lost).isGreaterThan(10);
  }

  @Test
  void survivesTenPercentRandomLoss() throws Exception {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      try (Link link =
          Link.between(
                  Keys.CLIENT,
                  Keys.SERVER,
                  (_, _) -> {
                    synchronized (random) {
                      return random.nextInt(10) != 0;
                    }
                  })
              .established()) {

        assertThatNoNonceRepeats(link);
      }
    }
  }

  @Test
  void repeatsALostLastFlightByteForByte() throws Exception {
    AtomicInteger toLose = new AtomicInteger(3);
    Link.Network losesFinished =
        (fromClient, datagram) ->
            fromClient
                || RecordHeader.type(datagram, 0) != RecordHeader.CHANGE_CIPHER_SPEC
                || toLose.getAndDecrement() <= 0;
    try (Link link = Link.between(Keys.CLIENT, Keys.SERVER, losesFinished).established()) {
      link.exchange();

      // On a busy machine either side's timer may repeat any flight once more.
      List<byte[]> finished =
          link.fromServer.stream()
              .filter(bytes -> RecordHeader.type(bytes, 0) == RecordHeader.CHANGE_CIPHER_SPEC)
              .toList();
      assertThat(finished)
          .hasSizeGreaterThanOrEqualTo(4)
          .allSatisfy(datagram -> assertThat(datagram).isEqualTo(finished.get(0)));
      assertThat(link.server.association().counters().flightsRepeated())
          .isEqualTo(finished.size() - 1);
      assertThatNoNonceRepeats(link);
    }
  }

  /** Nothing ours is in clear but a handshake, and a nonce comes again only with the same bytes. */
  private static void assertThatNoNonceRepeats(Link link) {
    for (List<byte[]> sent : List.of(link.fromClient, link.fromServer)) {
      Map<String, String> byNonce = new HashMap<>();
      for (byte[] datagram : sent) {
        for (String record : Records.split(datagram)) {
          if (Records.epoch(record) == 1) {
            String before = byNonce.putIfAbsent(Records.explicitNonce(record), record);
            assertThat(before).isIn(null, record);
          } else {
            assertThat(Records.type(record)).isNotEqualTo(RecordHeader.APPLICATION_DATA);
          }
        }
      }
      Set<String> distinct = new HashSet<>(byNonce.values());
      assertThat(distinct).hasSameSizeAs(byNonce.values()).isNotEmpty();
    }
  }

  /** Alone, and between the change of keys and the Finished of a flight that was torn apart. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keepsAPacketThatOvertakesTheFinished(boolean afterTheChange) throws Exception {
    AtomicInteger toLose = new AtomicInteger(1);
    Link.Network losesFinished =
        (fromClient, datagram) ->
            fromClient
                || RecordHeader.type(datagram, 0) != RecordHeader.CHANGE_CIPHER_SPEC
                || toLose.getAndDecrement() <= 0;
    try (Link link = Link.between(Keys.CLIENT, Keys.SERVER, losesFinished)) {
      Tool.await(
          "the server's handshake",
          () -> link.server.isStarted() && link.server.handshake().result().isDone());
      byte[] early = link.server.sealed("early");
      int change = afterTheChange ? 14 : 0;
      byte[] datagram = Arrays.copyOf(link.fromServer.getLast(), change + early.length);
      System.arraycopy(early, 0, datagram, change, early.length);

      link.client.deliver(datagram, 0, datagram.length);
      assertThat(link.client.handshake().result()).isNotDone();

      link.established().client.pump();
      assertThat(link.client.packets).containsExactly("early");
    }
  }

  @Test
  void saysThatNobodyAnswersWhenTimeIsUp() throws Exception {
    try (Handshake handshake =
        Handshake.client(
            Keys.CLIENT, Keys.SERVER.pin(), 1500, (_, _, _) -> {}, Duration.ofMillis(300))) {
      Peer peer = new Peer((_, _, _) -> {});
      peer.start(handshake);

      assertThat(peer.failure())
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("no DTLS answer")
          .hasMessageContaining("firewall");
    }
  }

  /** BouncyCastle's own resends have new sequence numbers, and are seconds apart before long. */
  @Test
  void repeatsTheSameBytesWhenItHasBeenSilentForLong() throws Exception {
    List<String> sent = new CopyOnWriteArrayList<>();
    try (Handshake _ =
        Handshake.client(
            Keys.CLIENT,
            Keys.SERVER.pin(),
            1500,
            (bytes, at, length) -> sent.add(HexFormat.of().formatHex(bytes, at, at + length)),
            Duration.ofSeconds(20))) {

      Tool.await("the same again", () -> new HashSet<>(sent).size() < sent.size());
    }
  }

  @Test
  void closesWhileItWaits() throws Exception {
    Handshake handshake =
        Handshake.client(
            Keys.CLIENT, Keys.SERVER.pin(), 1500, (_, _, _) -> {}, Duration.ofMinutes(1));

    handshake.close();
    handshake.close();

    assertThat(handshake.result()).isCompletedExceptionally();
  }

  @Test
  void aSinkThatThrowsLosesADatagramAndNothingElse() throws Exception {
    AtomicInteger fromClient = new AtomicInteger();
    AtomicInteger fromServer = new AtomicInteger();
    Link.Network throwing =
        (client, _) -> {
          if ((client ? fromClient : fromServer).getAndIncrement() % 3 == 0) {
            throw new IllegalStateException("network is unreachable");
          }
          return true;
        };
    try (Link link = Link.between(Keys.CLIENT, Keys.SERVER, throwing).established()) {

      assertThat(fromClient).hasValueGreaterThan(link.fromServer.size() / 2);
    }
  }
}
