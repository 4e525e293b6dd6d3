package dev.teletun.tunnel.association;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.dtls.handshake.HelloVerifier;
import dev.teletun.dtls.handshake.VerifiedHello;
import dev.teletun.linux.udp.UdpPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a place, and who gives it up. */
@Timeout(60)
class HandshakesUnderWayTest {
  private static final byte[] ANYWHERE = {1, 2, 3, 4, 5, 6};
  private static final long GRACE = HandshakesUnderWay.GRACE_NANOS;
  private static final long REPLACEMENT = Duration.ofMillis(125).toNanos();
  private static final UdpPeer CLIENT = peer("192.0.2.1", 5000);

  private static @TempDir Path directory;
  private static Keys keys;
  private static final List<Begun> BEGUN = new ArrayList<>();

  private long now;
  private final HandshakesUnderWay handshakes = new HandshakesUnderWay(() -> now);
  private int taken;

  /** A hello with its cookie, and the handshake of whoever sent it. */
  private record Begun(VerifiedHello hello, Handshake handshake) {
    boolean isGivenUp() {
      return handshake.result().isDone();
    }

    void awaitGivenUp() {
      assertThat(handshake.result()).failsWithin(10, SECONDS);
    }
  }

  @BeforeAll
  static void makeKeys() throws IOException {
    keys = Keys.in(directory);
  }

  @AfterAll
  static void giveUp() {
    BEGUN.forEach(begun -> begun.handshake.abandon());
  }

  @BeforeEach
  void reuseNoneThatWasGivenUp() {
    BEGUN.removeIf(Begun::isGivenUp);
  }

  @Test
  void fourGoOnAtOnceWhileTheyAreYoung() throws Exception {
    fillFrom("10.0.%d.1");
    now += GRACE - 1;

    assertThat(comes(peer("10.1.0.1", 1))).isFalse();

    assertThat(handshakes.size()).isEqualTo(4);
  }

  @Test
  void theOldestGivesWayToAnybodyAfterASecond() throws Exception {
    List<Begun> first = fillFrom("10.0.%d.1");
    now += GRACE;

    assertThat(comes(peer("10.1.0.1", 1))).isTrue();

    first.getFirst().awaitGivenUp();
    assertThat(handshakes.of(peer("10.0.0.1", 1))).isNull();
    assertThat(handshakes.of(peer("10.0.1.1", 1))).isSameAs(first.get(1).handshake);
    assertThat(first.get(1).isGivenUp()).isFalse();
  }

  @Test
  void theClientGoesBeforeStrangersAtOnce() throws Exception {
    handshakes.expect(CLIENT.address().getAddress());
    List<Begun> first = fillFrom("10.0.%d.1");

    assertThat(comes(CLIENT)).isTrue();

    first.getFirst().awaitGivenUp();
  }

  @Test
  void theClientNeverGivesWayToStrangers() throws Exception {
    handshakes.expect(CLIENT.address().getAddress());
    Begun client = next();
    begin(CLIENT, client);
    List<Begun> strangers = fillFrom("10.0.%d.1");
    now += GRACE;

    assertThat(comes(peer("10.1.0.1", 1))).isTrue();

    strangers.getFirst().awaitGivenUp();
    assertThat(client.isGivenUp()).isFalse();
    assertThat(handshakes.of(CLIENT)).isSameAs(client.handshake);
  }

  @Test
  void theClientsOwnPlacesGiveWayToItselfAfterASecondOnly() throws Exception {
    handshakes.expect(CLIENT.address().getAddress());
    for (int port = 1; port <= 4; port++) {
      begin(peer("192.0.2.1", port), next());
    }

    assertThat(comes(CLIENT)).isFalse();
    now += GRACE;
    assertThat(comes(CLIENT)).isTrue();
  }

  @Test
  void aNetworkWithMorePlacesThanTheNewcomersWouldHaveGivesOneUp() throws Exception {
    begin(peer("10.0.0.1", 1), next());
    Begun second = next();
    begin(peer("10.0.0.2", 1), second);
    begin(peer("10.0.0.2", 2), next());
    begin(peer("10.0.0.3", 1), next());

    assertThat(comes(peer("10.0.0.3", 2))).isFalse();
    assertThat(comes(peer("10.0.0.4", 1))).isTrue();

    second.awaitGivenUp();
  }

  @Test
  void aNetworkOfIpv6IsWhatOneSubscriberHas() throws Exception {
    begin(peer("2001:db8::1", 1), next());
    begin(peer("2001:db8:0:1::1", 1), next());
    begin(peer("2001:db8:0:1:8000::1", 1), next());
    begin(peer("2001:db8:0:2::1", 1), next());

    assertThat(comes(peer("2001:db8::8000:0:0:2", 1))).isFalse();
    assertThat(comes(peer("2001:db8:0:3::1", 1))).isTrue();

    assertThat(handshakes.of(peer("2001:db8:0:1::1", 1))).isNull();
  }

  @Test
  void aNewerHelloReplacesTheOlderOfItsAddressAndPort() throws Exception {
    Begun older = next();
    begin(CLIENT, older);
    Begun newer = next();

    assertThat(handshakes.makePlaceFor(CLIENT, newer.hello)).isTrue();

    older.awaitGivenUp();
    assertThat(handshakes.of(CLIENT)).isNull();
    begin(CLIENT, newer);
    now += REPLACEMENT;
    assertThat(handshakes.makePlaceFor(CLIENT, older.hello)).as("the older again").isFalse();
    assertThat(newer.isGivenUp()).isFalse();
  }

  @Test
  void eightReplacementsASecondAreMadeForTheClientAndForAllOthers() throws Exception {
    handshakes.expect(CLIENT.address().getAddress());
    begin(CLIENT, next());
    begin(peer("10.0.0.1", 1), next());

    assertThat(replace(peer("10.0.0.1", 1))).isTrue();
    assertThat(replace(CLIENT)).isTrue();
    now += REPLACEMENT - 1;
    assertThat(replace(peer("10.0.0.1", 1))).isFalse();
    assertThat(replace(CLIENT)).isFalse();
    now += 1;
    assertThat(replace(CLIENT)).isTrue();
    assertThat(replace(peer("10.0.0.1", 1))).isTrue();
  }

  @Test
  void isFoundByThePeerAndByTheHelloThatBeganIt() throws Exception {
    Begun begun = next();
    begin(CLIENT, begun);

    assertThat(handshakes.begunBy(CLIENT, begun.hello)).isSameAs(begun.handshake);
    assertThat(handshakes.begunBy(CLIENT, next().hello)).isNull();
    assertThat(handshakes.begunBy(peer("192.0.2.1", 5001), begun.hello)).isNull();
    assertThat(handshakes.of(peer("192.0.2.1", 5001))).isNull();
  }

  @Test
  void whatHasEndedBeginsNothingAgain() throws Exception {
    Begun begun = next();
    begin(CLIENT, begun);

    assertThat(handshakes.ended(CLIENT, next().handshake)).isFalse();
    assertThat(handshakes.ended(peer("10.0.0.1", 1), begun.handshake)).isFalse();
    assertThat(handshakes.ended(CLIENT, begun.handshake)).isTrue();
    assertThat(handshakes.ended(CLIENT, begun.handshake)).isFalse();

    assertThat(handshakes.size()).isZero();
    assertThat(handshakes.makePlaceFor(CLIENT, begun.hello)).isFalse();
    assertThat(begun.isGivenUp()).isFalse();
  }

  @Test
  void allCanBeGivenUp() throws Exception {
    List<Begun> all = fillFrom("10.0.%d.1");

    handshakes.abandonAll();

    all.forEach(Begun::awaitGivenUp);
    assertThat(handshakes.size()).isZero();
  }

  @Test
  void aCookieIsBoundToAddressAndPort() {
    assertThat(HandshakesUnderWay.identify(peer("10.1.2.3", 0x1234)))
        .containsExactly(10, 1, 2, 3, 0x12, 0x34);
    assertThat(HandshakesUnderWay.identify(peer("2001:db8::1", 0xfffe)))
        .hasSize(18)
        .endsWith(1, -1, -2);
  }

  private boolean comes(UdpPeer peer) throws Exception {
    return handshakes.makePlaceFor(peer, next().hello);
  }

  private boolean replace(UdpPeer peer) throws Exception {
    Begun newer = next();
    boolean may = handshakes.makePlaceFor(peer, newer.hello);
    if (may) {
      handshakes.add(peer, newer.hello, newer.handshake);
    }
    return may;
  }

  private void begin(UdpPeer peer, Begun begun) {
    assertThat(handshakes.makePlaceFor(peer, begun.hello)).isTrue();
    handshakes.add(peer, begun.hello, begun.handshake);
  }

  /** {@code pattern} numbers the addresses. */
  private List<Begun> fillFrom(String pattern) throws Exception {
    List<Begun> begun = new ArrayList<>();
    for (int i = 0; handshakes.size() < HandshakesUnderWay.MOST; i++) {
      begun.add(next());
      begin(peer(pattern.formatted(i), 1), begun.getLast());
    }
    return begun;
  }

  private static UdpPeer peer(String address, int port) {
    return UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral(address), port));
  }

  /** One that this test has not seen. */
  private Begun next() throws Exception {
    if (taken == BEGUN.size()) {
      BEGUN.add(dial());
    }
    return BEGUN.get(taken++);
  }

  private static Begun dial() throws Exception {
    BlockingQueue<byte[]> sent = new LinkedBlockingQueue<>();
    HelloVerifier verifier = new HelloVerifier(() -> 0);
    Handshake handshake =
        Handshake.client(
            keys.client(),
            keys.server().pin(),
            1280,
            (bytes, at, size) -> sent.add(Arrays.copyOfRange(bytes, at, at + size)),
            Duration.ofMinutes(5));
    Optional<VerifiedHello> hello = Optional.empty();
    while (hello.isEmpty()) {
      byte[] datagram = Objects.requireNonNull(sent.poll(10, SECONDS), "no hello");
      hello = verifier.verify(ANYWHERE, datagram, 0, datagram.length, handshake::offer);
    }
    return new Begun(hello.get(), handshake);
  }
}
