package dev.teletun.client.dns.stub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.loop.EventLoop;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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
  void dropsTheOldestWhenTooManyAreInFlight() throws Exception {
    for (int i = 0; i < Upstreams.MOST_IN_FLIGHT + 2; i++) {
      ask(Duration.ofSeconds(60), server);
    }

    assertThat(List.of(outcomes.take(), outcomes.take())).containsOnly("DROPPED");
    loop.call(() -> assertThat(outcomes).isEmpty());
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
    List<Server> asked =
        List.of(servers).stream()
            .map(s -> new Server((InetSocketAddress) s.getLocalSocketAddress(), 0))
            .toList();
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
    loop.call(() -> upstreams.ask(Transport.UDP, asked, QUERY, patience, outcome));
  }

  private DatagramPacket receive() throws IOException {
    DatagramPacket asked = new DatagramPacket(new byte[QUERY.length], QUERY.length);
    server.receive(asked);
    return asked;
  }

  private void reply(DatagramPacket asked, byte[] message) throws IOException {
    server.send(new DatagramPacket(message, message.length, asked.getSocketAddress()));
  }

  private static byte[] asResponse(byte[] query) {
    query[2] |= (byte) 0x80;
    return query;
  }
}
