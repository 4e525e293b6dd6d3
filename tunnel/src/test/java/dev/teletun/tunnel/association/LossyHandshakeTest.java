package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.relay.Impairment;
import dev.teletun.lab.relay.Passage;
import dev.teletun.lab.relay.RandomPassage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole handshakes of version 2 over real sockets and a bad network. */
@Timeout(120)
class LossyHandshakeTest {
  private static final int LINES = 20;
  private static final int EACH = 5;

  private static @TempDir Path directory;
  private static Keys keys;

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = Keys.in(directory);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 20})
  void noneOfAHundredFailsWhateverIsLost(int percent) throws Exception {
    Impairment lossy = Impairment.NONE.losing(percent / 100.0);

    inParallel(
        LINES,
        line ->
            () -> {
              try (BadNetwork network = between(lossy, line)) {
                for (int i = 0; i < EACH; i++) {
                  network.useOnce();
                }
              }
              return null;
            });
  }

  @Test
  void allKindsOfTroubleAtOnceStopNone() throws Exception {
    Impairment awful =
        Impairment.NONE
            .losing(0.05)
            .doubling(0.1)
            .damaging(0, 0.05) // a byte changed in clear may end one handshake, and another begins
            .reordering(0.1, Duration.ofMillis(20))
            .delaying(Duration.ofMillis(10), Duration.ofMillis(20));

    inParallel(
        LINES,
        line ->
            () -> {
              try (BadNetwork network = between(awful, 100 + line)) {
                network.useOnce();
                network.useOnce();
              }
              return null;
            });
  }

  private static BadNetwork between(Impairment bad, int seed) throws Exception {
    return new BadNetwork(
        keys, new RandomPassage(bad, 2L * seed), new RandomPassage(bad, 2L * seed + 1));
  }

  /** Once for each datagram of a handshake, in either direction. */
  @ParameterizedTest
  @CsvSource({
    "LOSS, true",
    "LOSS, false",
    "TWICE, true",
    "TWICE, false",
    "LATE, true",
    "LATE, false"
  })
  void survivesTroubleWithAnyOneDatagram(Trouble trouble, boolean fromClient) throws Exception {
    int datagrams = datagramsOfAnEasyHandshake(fromClient);
    assertThat(datagrams).as("hello, again with cookie, the rest, token").isBetween(4, 20);

    inParallel(
        datagrams,
        k ->
            () -> {
              Passage bad = trouble.with(k);
              try (BadNetwork network =
                  new BadNetwork(
                      keys, fromClient ? bad : Passage.CLEAR, fromClient ? Passage.CLEAR : bad)) {
                network.useOnce();

                assertThat(fromClient ? network.fromClient : network.fromServer)
                    .as("number %d was struck", k)
                    .hasSizeGreaterThan(k);
              }
              return null;
            });
  }

  /** What can happen to one datagram. */
  enum Trouble {
    LOSS {
      @Override
      Passage with(int k) {
        return Passage.losing(k);
      }
    },
    TWICE {
      @Override
      Passage with(int k) {
        return Passage.doubling(k);
      }
    },
    LATE {
      @Override
      Passage with(int k) {
        return Passage.overtaking(k);
      }
    };

    abstract Passage with(int k);
  }

  private static int datagramsOfAnEasyHandshake(boolean fromClient) throws Exception {
    try (BadNetwork network = new BadNetwork(keys, Passage.CLEAR, Passage.CLEAR);
        LoopbackClient _ = network.dial().ready()) {
      return (fromClient ? network.fromClient : network.fromServer).size();
    }
  }

  /** All that the client says after its last flight is lost, so that it cannot ask. */
  @Test
  void theServerRepeatsItsLastFlightUnasked() throws Exception {
    AtomicInteger left = new AtomicInteger(3);
    Passage onlyTheHandshake =
        (datagram, exit) -> {
          if (left.getAndDecrement() > 0) {
            Passage.CLEAR.carry(datagram, exit);
          }
        };
    try (BadNetwork network = new BadNetwork(keys, onlyTheHandshake, Passage.losing(2));
        LoopbackClient client = network.dial().established()) {

      assertThat(network.fromServer).hasSizeGreaterThan(3);
      assertThat(client.isReady()).isFalse();
    }
  }

  @Test
  void completesWhereARoundTripTakesTwoSeconds() throws Exception {
    Impairment slow = Impairment.NONE.delaying(Duration.ofSeconds(1), Duration.ZERO);
    try (BadNetwork network = between(slow, 0);
        LoopbackClient client = network.dial().ready()) {

      assertThat(client.maySend()).isTrue();
    }
  }

  /** Rethrows what the first of them threw. */
  private static void inParallel(int count, IntFunction<Callable<Void>> task) throws Exception {
    List<Future<Void>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(LINES)) {
      IntStream.range(0, count).mapToObj(task).map(threads::submit).forEach(all::add);
    }
    for (Future<Void> each : all) {
      each.get();
    }
  }
}
