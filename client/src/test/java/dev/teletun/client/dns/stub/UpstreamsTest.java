package dev.teletun.client.dns.stub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.loop.EventLoop;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class UpstreamsTest {
  private static final byte[] QUERY = Queries.wire("example.com", "A");

  private final DnsCounts counts = new DnsCounts();
  private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
  private EventLoop loop;
  private Upstreams upstreams;
  private DatagramSocket server;

  @BeforeEach
  void start() throws IOException {
    loop = EventLoop.start("dns-test");
    upstreams = new Upstreams(loop, ByteBuffer.allocateDirect(65_536), counts);
    server = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
    loop.every(Duration.ofMillis(20), upstreams::expire);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    loop.close();
  }

  @Test
  void takesTheAnswerToItsQuestionWithItsIdAndNoOther() throws Exception {
    ask(Duration.ofSeconds(10), server);
    DatagramPacket asked = receive();
    byte[] right = asResponse(asked.getData().clone());
    int id = DnsHeader.id(right);

    reply(asked, DnsHeader.withId(right, id ^ 1));
    reply(asked, asResponse(DnsHeader.withId(Queries.wire("example.org", "A"), id)));
    reply(asked, DnsHeader.withId(QUERY, id)); // a query, no response
    reply(asked, new byte[3]);
    reply(asked, right);

    assertThat(outcomes.take()).isEqualTo("answered " + id);
    assertThat(counts.refusedAnswers.sum()).isEqualTo(4);
  }

  @Test
  void asksEachTimeFromAnotherPortWithAnotherId() throws Exception {
    Set<Integer> ports = new HashSet<>();
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < 32; i++) {
      ask(Duration.ofSeconds(10), server);
      DatagramPacket asked = receive();
      ports.add(asked.getPort());
      ids.add(DnsHeader.id(asked.getData()));
    }

    assertThat(ports).hasSize(32);
    assertThat(ids).hasSizeGreaterThan(28);
  }

  @Test
  void sharesPortsAmongManyAndGivesEachItsAnswer() throws Exception {
    List<DatagramPacket> asked = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ask(Duration.ofSeconds(60), server);
      asked.add(receive());
    }
    Set<Integer> ids =
        asked.stream().map(each -> DnsHeader.id(each.getData())).collect(Collectors.toSet());

    for (DatagramPacket each : asked.reversed()) {
      reply(each, asResponse(each.getData().clone()));
    }

    assertThat(ids).hasSize(200);
    assertThat(asked.stream().map(DatagramPacket::getPort).distinct())
        .hasSizeLessThan(4 * QueryPorts.PER_SECOND); // a second may begin in between
    for (int i = 0; i < 200; i++) {
      assertThat(outcomes.take()).startsWith("answered ");
    }
    assertThat(counts.refusedAnswers.sum()).isZero();
  }

  @Test
  void takesNoAnswerAtAnotherPortThanTheQuerys() throws Exception {
    ask(Duration.ofSeconds(60), server);
    ask(Duration.ofSeconds(60), server);
    DatagramPacket first = receive();
    DatagramPacket second = receive();

    reply(second, asResponse(first.getData().clone()));
    reply(second, asResponse(second.getData().clone()));

    assertThat(outcomes.take()).isEqualTo("answered " + DnsHeader.id(second.getData()));
    assertThat(counts.refusedAnswers.sum()).isEqualTo(1);
  }

  @Test
  void closesThePortOfASingleQueryWithItsAnswer() throws Exception {
    ask(Duration.ofSeconds(60), server);
    DatagramPacket asked = receive();
    assertThat(isTaken(asked.getPort())).isTrue();

    reply(asked, asResponse(asked.getData().clone()));
    outcomes.take();

    loop.call(() -> assertThat(isTaken(asked.getPort())).isFalse());
  }

  @Test
  void givesUpSharedPortsAfterAWhileAlthoughTheyAreInUse() throws Exception {
    int first = answeredFromSharedPort();
    while (isTaken(first)) { // else for ever
      assertThat(answeredFromSharedPort()).isPositive();
    }
  }

  @Test
  void closesSharedPortsThatNobodyUses() throws Exception {
    awaitClosed(answeredFromSharedPort());
  }

  /** Asks until a port stays open that was answered. */
  private int answeredFromSharedPort() throws Exception {
    while (true) {
      ask(Duration.ofSeconds(60), server);
      DatagramPacket asked = receive();
      reply(asked, asResponse(asked.getData().clone()));
      outcomes.take();
      boolean[] open = new boolean[1];
      loop.call(() -> open[0] = isTaken(asked.getPort()));
      if (open[0]) {
        return asked.getPort();
      }
    }
  }

  @Test
  void keepsAnOldPortForTheAnswerThatIsStillToCome() throws Exception {
    List<DatagramPacket> early = new ArrayList<>();
    for (int i = 0; i < 2 * QueryPorts.PER_SECOND; i++) {
      ask(Duration.ofSeconds(60), server);
      early.add(receive());
    }
    Set<Integer> ports = early.stream().map(DatagramPacket::getPort).collect(Collectors.toSet());
    while (ports.contains(answeredFromSharedPort())) {
      // Until others are shared.
    }

    for (DatagramPacket each : early) {
      reply(each, asResponse(each.getData().clone()));
      assertThat(outcomes.take()).isEqualTo("answered " + DnsHeader.id(each.getData()));
    }
    for (DatagramPacket each : early) {
      awaitClosed(each.getPort());
    }
  }

  /** Nobody tells when a port is free again; one that never is fails by the test's timeout. */
  private static void awaitClosed(int port) throws Exception {
    while (isTaken(port)) {
      Thread.sleep(20);
    }
  }

  @Test
  void saysOfAllThatLeftAPortThatNobodyIsThere() throws Exception {
    InetSocketAddress gone = (InetSocketAddress) server.getLocalSocketAddress();
    server.close();
    for (int i = 0; i < 2 * QueryPorts.PER_SECOND; i++) {
      ask(Duration.ofSeconds(60), gone);
    }

    for (int i = 0; i < 2 * QueryPorts.PER_SECOND; i++) {
      assertThat(outcomes.take()).isEqualTo("UNREACHABLE");
    }
  }

  @Test
  void asksAServerAgainThatWasGone() throws Exception {
    InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
    server.close();
    ask(Duration.ofSeconds(60), address);
    assertThat(outcomes.take()).isEqualTo("UNREACHABLE");
    server = new DatagramSocket(address);

    ask(Duration.ofSeconds(60), address);
    DatagramPacket asked = receive();
    reply(asked, asResponse(asked.getData().clone()));

    assertThat(outcomes.take()).startsWith("answered ");
  }

  @Test
  void dropsTheOldestWhenTooManyAreInFlight() throws Exception {
    for (int i = 0; i < QueryPorts.MOST_IN_FLIGHT + 2; i++) {
      ask(Duration.ofSeconds(60), server);
    }

    assertThat(List.of(outcomes.take(), outcomes.take())).containsOnly("DROPPED");
    loop.call(() -> assertThat(outcomes).isEmpty());
  }

  @Test
  void dropsTheOldestWhenTheyAreTooLarge() throws Exception {
    byte[] large = Arrays.copyOf(QUERY, QueryPorts.MOST_BYTES / 20);
    for (int i = 0; i < 21; i++) {
      ask(Duration.ofSeconds(60), large, server);
    }

    assertThat(outcomes.take()).isEqualTo("DROPPED");
    loop.call(() -> assertThat(outcomes).isEmpty());
  }

  @Test
  void dropsNothingOfAServerBecauseAnotherIsSilent() throws Exception {
    ask(Duration.ofSeconds(60), server);
    DatagramPacket asked = receive();
    try (DatagramSocket silent = new DatagramSocket(0, server.getLocalAddress())) {
      for (int i = 0; i < QueryPorts.MOST_IN_FLIGHT; i++) {
        ask(Duration.ofSeconds(60), silent);
      }
    }
    reply(asked, asResponse(asked.getData().clone()));

    assertThat(outcomes.take()).startsWith("answered ");
  }

  @Test
  void asksTheNextServerWhenOneIsSilentAndThenGivesUp() throws Exception {
    try (DatagramSocket second = new DatagramSocket(0, server.getLocalAddress())) {
      ask(Duration.ofMillis(200), server, second);

      DatagramPacket asked = new DatagramPacket(new byte[QUERY.length], QUERY.length);
      second.receive(asked);

      assertThat(Question.parse(asked.getData())).isEqualTo(Question.parse(QUERY));
      assertThat(outcomes.take()).isEqualTo("TIMEOUT");
    }
  }

  @Test
  void knowsAQueryOfItsOwnThatComesBack() throws Exception {
    ask(Duration.ofSeconds(10), server);
    byte[] own = receive().getData();

    loop.call(() -> assertThat(upstreams.sent(own)).isTrue());
    loop.call(
        () -> assertThat(upstreams.sent(DnsHeader.withId(own, DnsHeader.id(own) ^ 1))).isFalse());
  }

  private void ask(Duration patience, DatagramSocket... servers) throws IOException {
    ask(patience, QUERY, addresses(servers));
  }

  private void ask(Duration patience, byte[] query, DatagramSocket... servers) throws IOException {
    ask(patience, query, addresses(servers));
  }

  private void ask(Duration patience, InetSocketAddress server) throws IOException {
    ask(patience, QUERY, Stream.of(server));
  }

  private static Stream<InetSocketAddress> addresses(DatagramSocket... servers) {
    return Stream.of(servers).map(each -> (InetSocketAddress) each.getLocalSocketAddress());
  }

  private void ask(Duration patience, byte[] query, Stream<InetSocketAddress> servers)
      throws IOException {
    List<Server> asked = servers.map(each -> new Server(each, 0)).toList();
    Outcome outcome =
        new Outcome() {
          @Override
          public void answered(byte[] message) {
            outcomes.add("answered " + DnsHeader.id(message));
          }

          @Override
          public void unanswered(Why why) {
            outcomes.add(why.toString());
          }
        };
    loop.call(() -> upstreams.ask(Transport.UDP, asked, query, patience, outcome));
  }

  private DatagramPacket receive() throws IOException {
    DatagramPacket asked = new DatagramPacket(new byte[QUERY.length], QUERY.length);
    server.receive(asked);
    return asked;
  }

  private void reply(DatagramPacket asked, byte[] message) throws IOException {
    server.send(new DatagramPacket(message, message.length, asked.getSocketAddress()));
  }

  private static boolean isTaken(int port) {
    try (DatagramSocket _ = new DatagramSocket(port)) {
      return false;
    } catch (SocketException _) {
      return true;
    }
  }

  private static byte[] asResponse(byte[] query) {
    query[2] |= (byte) 0x80;
    return query;
  }
}
