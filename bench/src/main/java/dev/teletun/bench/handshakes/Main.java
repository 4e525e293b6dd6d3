package dev.teletun.bench.handshakes;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.lab.relay.Impairment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Shakes hands over loopback and a relay. Arguments: how many at each loss, losses in per cent with
 * commas, round trip in ms, how many at a time, seed, {@code json} or {@code text}.
 */
public final class Main {
  private static final int WARM_UP = 40;

  private final int count;
  private final List<Integer> losses;
  private final Duration oneWay;
  private final int lines;
  private final long seed;
  private final boolean json;
  private final PrintStream out = System.out;

  private Main(List<String> arguments) {
    count = Integer.parseInt(arguments.get(0));
    losses = List.of(arguments.get(1).split(",", -1)).stream().map(Integer::valueOf).toList();
    oneWay = Duration.ofMillis(Long.parseLong(arguments.get(2))).dividedBy(2);
    lines = Integer.parseInt(arguments.get(3));
    seed = Long.parseLong(arguments.get(4));
    json = arguments.get(5).equals("json");
  }

  /** Measures and prints. */
  public static void main(String[] arguments) throws Exception {
    new Main(List.of(arguments)).run();
  }

  private void run() throws Exception {
    Path directory = Files.createTempDirectory("handshakes");
    KeySet.generate(directory, false);
    Identity client = identity(directory, "client");
    Identity server = identity(directory, "server");
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
    List<Took> _ = measure(client, server, Impairment.NONE, WARM_UP);
    if (!json) {
      out.println(Figures.head());
    }
    List<Figures> all = new ArrayList<>();
    for (int loss : losses) {
      Impairment bad = Impairment.NONE.losing(loss / 100.0).delaying(oneWay, Duration.ZERO);
      List<Took> took = measure(client, server, bad, count);
      List<Figures> figures =
          List.of(
              Figures.of("established", loss, took, Took::established),
              Figures.of("ready", loss, took, Took::ready));
      all.addAll(figures);
      if (!json) {
        figures.forEach(each -> out.println(each.line()));
      }
    }
    if (json) {
      out.println(all.stream().map(Figures::json).collect(Collectors.joining(",\n ", "[", "]")));
    }
  }

  private static Identity identity(Path directory, String name) throws IOException {
    return Identity.load(directory.resolve(name + ".key"), directory.resolve(name + ".pub"));
  }

  private List<Took> measure(Identity client, Identity server, Impairment bad, int many)
      throws InterruptedException, ExecutionException {
    AtomicInteger left = new AtomicInteger(many);
    List<Future<List<Took>>> each = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(lines)) {
      for (int i = 0; i < lines; i++) {
        long own = seed + 2L * i;
        each.add(
            threads.submit(() -> {
              List<Took> took = new ArrayList<>();
              try (Line line = new Line(client, server, bad, own)) {
                while (left.getAndDecrement() > 0) {
                  took.add(line.shakeHands());
                }
              }
              return took;
            }));
      }
    }
    List<Took> all = new ArrayList<>();
    for (Future<List<Took>> one : each) {
      all.addAll(one.get());
    }
    return all;
  }
}
