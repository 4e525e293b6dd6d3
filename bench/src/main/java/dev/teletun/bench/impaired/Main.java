package dev.teletun.bench.impaired;

import dev.teletun.lab.impair.BadRouter;
import dev.teletun.lab.impair.Fault;
import dev.teletun.lab.sandbox.InSandbox;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * TCP through the tunnel next to TCP without one, over links that are as bad as each other, in
 * turns, and several such pairs at a time. Arguments: rounds of each pair, pairs, seconds per
 * transfer, Mbit/s of the link, its round trip in ms, faults and per cents with commas, Mbit/s of
 * the bottleneck or 0, congestion controls with commas, {@code json} or {@code text}, then the
 * command line that starts TeleTUN.
 */
public final class Main {
  /** Two labs whose links are as bad as each other. */
  private record Pair(Way tunnel, Way bare) {}

  private static final int BEFORE_COMMAND = 10;
  private static final int QUEUE_MILLIS = 50;
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final int rounds;
  private final int pairs;
  private final Duration transfer;
  private final int link;
  private final Duration roundTrip;
  private final List<Fault> faults;
  private final List<Double> percents;
  private final int bottleneck;
  private final List<String> congestions;
  private final boolean json;
  private final List<String> command;
  private final PrintStream out = System.out;

  private Main(List<String> arguments) {
    rounds = Integer.parseInt(arguments.get(0));
    pairs = Integer.parseInt(arguments.get(1));
    transfer = Duration.ofSeconds(Long.parseLong(arguments.get(2)));
    link = Integer.parseInt(arguments.get(3));
    roundTrip = Duration.ofMillis(Long.parseLong(arguments.get(4)));
    faults =
        words(arguments.get(5)).map(word -> Fault.valueOf(word.toUpperCase(Locale.ROOT))).toList();
    percents = words(arguments.get(6)).map(Double::valueOf).toList();
    bottleneck = Integer.parseInt(arguments.get(7));
    congestions = words(arguments.get(8)).toList();
    json = arguments.get(9).equals("json");
    command = arguments.subList(BEFORE_COMMAND, arguments.size());
  }

  private static Stream<String> words(String commas) {
    return List.of(commas.split(",", -1)).stream();
  }

  /** Measures in a sandbox. */
  public static void main(String[] arguments) {
    System.exit(
        InSandbox.run(
            Main.class,
            arguments,
            given -> {
              new Main(given).run();
              return 0;
            }));
  }

  private void run() throws IOException {
    if (bottleneck > 0) {
      delays();
    } else {
      matrices();
    }
  }

  private void matrices() throws IOException {
    print(Cell.head());
    List<Cell> cells = new ArrayList<>();
    for (String congestion : congestions) {
      try (CloseStack labs = new CloseStack()) {
        List<Pair> all = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
          all.add(
              new Pair(
                  Way.tunnel("tunnel", longLab(labs, "bi" + i, congestion), command, false),
                  Way.bare(longLab(labs, "bb" + i, congestion))));
        }
        for (Fault fault : faults) {
          for (double percent : percents) {
            Cell cell = new Cell(congestion, fault, percent, transfers(all, fault, percent));
            cells.add(cell);
            print(cell.line());
          }
        }
      }
    }
    printJson(cells.stream().map(Cell::json).toList());
  }

  /** Of all pairs, each of which has both its links bad and carries one transfer at a time. */
  private List<Cell.Round> transfers(List<Pair> all, Fault fault, double percent)
      throws IOException {
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Cell.Round>>> running =
          all.stream().map(pair -> each.submit(() -> transfers(pair, fault, percent))).toList();
      List<Cell.Round> done = new ArrayList<>();
      for (Future<List<Cell.Round>> pair : running) {
        done.addAll(pair.get());
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(e.getMessage());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private List<Cell.Round> transfers(Pair pair, Fault fault, double percent) throws IOException {
    List<Cell.Round> done = new ArrayList<>();
    try (BadRouter _ = BadRouter.strike(pair.tunnel().lab(), fault, percent, link);
        BadRouter _ = BadRouter.strike(pair.bare().lab(), fault, percent, link)) {
      for (int round = 0; round < rounds; round++) {
        done.add(new Cell.Round(pair.tunnel().megabits(transfer), pair.bare().megabits(transfer)));
      }
    }
    return done;
  }

  private void delays() throws IOException {
    print(Delay.head());
    List<Delay> all = new ArrayList<>();
    for (String congestion : congestions) {
      try (CloseStack labs = new CloseStack()) {
        List<Way> ways =
            List.of(
                Way.tunnel("tunnel", labs.own(lab("bi0", congestion)), command, false),
                Way.tunnel("tunnel over TLS", labs.own(lab("bi1", congestion)), command, true),
                Way.bare(labs.own(lab("bi2", congestion))));
        for (boolean up : new boolean[] {false, true}) {
          for (Way way : ways) {
            Delay delay = delay(way, congestion, up);
            all.add(delay);
            print(delay.line());
          }
        }
      }
    }
    printJson(all.stream().map(Delay::json).toList());
  }

  private Lab longLab(CloseStack owner, String prefix, String congestion) throws IOException {
    Lab lab = owner.own(lab(prefix, congestion));
    lab.delay(roundTrip);
    return lab;
  }

  /** All TCP goes by {@code congestion} in it, inside, outside and bare. */
  private static Lab lab(String prefix, String congestion) throws IOException {
    Lab lab = Lab.up(prefix);
    try {
      for (Host sender : List.of(lab.laptop(), lab.podExternal(), lab.web())) {
        sender.congestionControl(congestion);
      }
      return lab;
    } catch (IOException e) {
      try (lab) {
        throw e;
      }
    }
  }

  private Delay delay(Way way, String congestion, boolean up) throws IOException {
    try (BadRouter _ = BadRouter.narrow(way.lab(), bottleneck, QUEUE_MILLIS)) {
      double[] idle = way.roundTrips(IDLE);
      try (var _ = way.load(up, bottleneck, transfer)) {
        way.awaitLoad();
        return new Delay(way.name(), congestion, up, idle, way.roundTrips(transfer));
      }
    }
  }

  private void print(String line) {
    if (!json) {
      out.println(line);
    }
  }

  private void printJson(List<String> all) {
    if (json) {
      out.println(all.stream().collect(Collectors.joining(",\n ", "[", "]")));
    }
  }
}
