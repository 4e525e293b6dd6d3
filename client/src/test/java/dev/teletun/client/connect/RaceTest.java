package dev.teletun.client.connect;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.Rung;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RaceTest implements Race.Dialler<String> {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Candidate BALANCER = candidate(Rung.LOAD_BALANCER, 1);
  private static final Candidate NODE = candidate(Rung.NODE_PORT, 2);
  private static final Candidate OTHER_NODE = candidate(Rung.NODE_PORT, 3);
  private static final Candidate FORWARD = candidate(Rung.PORT_FORWARD, 4);

  private final Map<Candidate, String> answering = new ConcurrentHashMap<>();
  private final Map<Candidate, String> refusing = new ConcurrentHashMap<>();
  private final Map<Candidate, CountDownLatch> slow = new ConcurrentHashMap<>();
  private final CountDownLatch forwardAnswers = new CountDownLatch(1);
  private final BlockingQueue<Candidate> dialled = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> dropped = new LinkedBlockingQueue<>();

  @Test
  void theBestThatAnswersWinsAndTheOthersAreNotDialled() throws Exception {
    answering.put(BALANCER, "balancer");
    answering.put(FORWARD, "forward");

    Race.Outcome<String> outcome = race(LONG, BALANCER, FORWARD);

    assertThat(outcome.won()).isEqualTo("balancer");
    assertThat(outcome.by()).isEqualTo(BALANCER);
    assertThat(dialled).containsExactly(BALANCER);
  }

  @Test
  void whatFailsGivesItsHeadStartUpAndItsReasonIsKept() throws Exception {
    refusing.put(BALANCER, "connection refused");
    answering.put(NODE, "node");

    Race.Outcome<String> outcome = race(LONG, BALANCER, NODE, FORWARD);

    assertThat(outcome.won()).isEqualTo("node");
    assertThat(outcome.failures()).containsOnlyKeys(BALANCER);
    assertThat(outcome.failures().get(BALANCER)).hasMessage("connection refused");
  }

  @Test
  void whatIsSilentIsOvertakenAfterItsHeadStart() throws Exception {
    answering.put(OTHER_NODE, "other");

    Race.Outcome<String> outcome = race(Duration.ofMillis(1), BALANCER, NODE, OTHER_NODE);

    assertThat(outcome.won()).isEqualTo("other");
    assertThat(outcome.failures()).containsOnlyKeys(BALANCER, NODE);
    assertThat(outcome.failures().get(NODE)).hasMessageStartingWith("no answer yet");
  }

  @Test
  void aBetterOneThatAnswersALittleLaterWinsAndTheFirstIsTakenBack() throws Exception {
    refusing.put(NODE, "refused"); // which lets the port-forward begin
    slow.put(OTHER_NODE, forwardAnswers);
    answering.put(OTHER_NODE, "node");
    answering.put(FORWARD, "forward");

    Race.Outcome<String> outcome = race(LONG, NODE, OTHER_NODE, FORWARD);

    assertThat(outcome.won()).isEqualTo("node");
    assertThat(dropped.poll(10, SECONDS)).isEqualTo("forward");
  }

  @Test
  void equalsAreDialledTogether() throws Exception {
    answering.put(OTHER_NODE, "other"); // and the first of the rung is silent

    assertThat(race(LONG, NODE, OTHER_NODE).won()).isEqualTo("other");
  }

  @Test
  void whoSucceedsTooLateIsTakenBack() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    slow.put(NODE, over);
    answering.put(NODE, "late");
    answering.put(OTHER_NODE, "won");

    assertThat(race(LONG, NODE, OTHER_NODE).won()).isEqualTo("won");
    over.countDown();

    assertThat(dropped.poll(10, SECONDS)).isEqualTo("late");
  }

  @Test
  void withoutAWinnerAllReasonsAreThere() throws Exception {
    refusing.put(BALANCER, "another key");
    refusing.put(FORWARD, "may not");

    Race.Outcome<String> outcome = race(LONG, BALANCER, FORWARD);

    assertThat(outcome.won()).isNull();
    assertThat(NoWayException.of(outcome.failures(), List.of("no Services known"), 7000))
        .hasMessageStartingWith("server-external answers nowhere: ")
        .hasMessageContaining("load balancer 192.0.2.1:443 there: another key; ")
        .hasMessageContaining("port-forward 192.0.2.4:443 there: may not; no Services known. ")
        .hasMessageEndingWith("-address=HOST");
  }

  @Test
  void theOnlyPlacesFailureIsPassedOnAsItIs() {
    IOException only = new ConnectException("refused");

    assertThat(NoWayException.of(Map.of(BALANCER, only), List.of(), 7000)).isSameAs(only);
  }

  private Race.Outcome<String> race(Duration headStart, Candidate... candidates)
      throws IOException {
    return new Race<>(this, headStart).run(List.of(candidates));
  }

  /** Who neither answers nor refuses is silent until the race ends it. */
  @Override
  public String dial(Candidate candidate, Socket socket) throws IOException {
    dialled.add(candidate);
    if (refusing.containsKey(candidate)) {
      throw new IOException(refusing.get(candidate));
    }
    await(slow.get(candidate), socket);
    while (!answering.containsKey(candidate)) {
      if (socket.isClosed()) {
        throw new IOException("closed");
      }
      LockSupport.parkNanos(100_000); // virtual threads: who spins keeps others from running
    }
    if (candidate.equals(FORWARD)) {
      forwardAnswers.countDown();
    }
    return String.valueOf(answering.get(candidate));
  }

  private static void await(@org.jspecify.annotations.Nullable CountDownLatch until, Socket socket)
      throws IOException {
    try {
      if (until != null && !until.await(10, SECONDS)) {
        throw new IOException("nobody let %s go on".formatted(socket));
      }
      if (until != null) {
        Thread.sleep(100); // a little later; who is to wait for it waits much longer
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void drop(String late) {
    dropped.add(late);
  }

  private static Candidate candidate(Rung rung, int last) {
    return Candidate.direct(rung, "there", InetAddress.ofLiteral("192.0.2." + last), 443, 443);
  }
}
