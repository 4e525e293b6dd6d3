package dev.teletun.bench.impaired;

import dev.teletun.bench.field.InSandbox;
import dev.teletun.lab.impair.BadRouter;
import dev.teletun.lab.impair.Fault;
import dev.teletun.lab.topology.Lab;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * TCP through the tunnel next to TCP without one, over links that are as bad as each other, in
 * turns. Arguments: rounds, seconds per transfer, Mbit/s of the link, faults and per cents with
 * commas, Mbit/s of the bottleneck or 0, {@code json} or {@code text}, then the command line that
 * starts TeleTUN.
 */
public final class Main {
  private static final int BEFORE_COMMAND = 7;
  private static final int QUEUE_MILLIS = 50;

  private final int rounds;
  private final Duration transfer;
  private final int link;
  private final List<Fault> faults;
  private final List<Double> percents;
  private final int bottleneck;
  private final boolean json;
  private final List<String> command;
  private final PrintStream out = System.out;

  private Main(List<String> arguments) {
    rounds = Integer.parseInt(arguments.get(0));
    transfer = Duration.ofSeconds(Long.parseLong(arguments.get(1)));
    link = Integer.parseInt(arguments.get(2));
    faults =
        words(arguments.get(3)).map(word -> Fault.valueOf(word.toUpperCase(Locale.ROOT))).toList();
    percents = words(arguments.get(4)).map(Double::valueOf).toList();
    bottleneck = Integer.parseInt(arguments.get(5));
    json = arguments.get(6).equals("json");
    command = arguments.subList(BEFORE_COMMAND, arguments.size());
  }

  private static Stream<String> words(String commas) {
    return List.of(commas.split(",", -1)).stream();
  }

  /** Measures in a sandbox. */
  public static void main(String[] arguments) {
    InSandbox.run(
        Main.class,
        arguments,
        given -> {
          new Main(given).run();
          return 0;
        });
  }

  private void run() throws IOException {
    try (CloseStack labs = new CloseStack()) {
      List<Way> ways = new ArrayList<>();
      ways.add(Way.tunnel("tunnel", labs.own(Lab.up("bi0")), command, false));
      if (bottleneck > 0) {
        ways.add(Way.tunnel("tunnel over TLS", labs.own(Lab.up("bi1")), command, true));
      }
      ways.add(Way.bare(labs.own(Lab.up("bi2"))));
      if (bottleneck > 0) {
        delays(ways);
      } else {
        matrix(ways.getFirst(), ways.getLast());
      }
    }
  }

  private void matrix(Way tunnel, Way bare) throws IOException {
    print(Cell.head());
    List<Cell> cells = new ArrayList<>();
    for (Fault fault : faults) {
      for (double percent : percents) {
        Cell cell = cell(fault, percent, tunnel, bare);
        cells.add(cell);
        print(cell.line());
      }
    }
    printJson(cells.stream().map(Cell::json).toList());
  }

  /** Both links are bad for all of it, and carry one transfer at a time. */
  private Cell cell(Fault fault, double percent, Way tunnel, Way bare) throws IOException {
    double[] through = new double[rounds];
    double[] without = new double[rounds];
    try (BadRouter _ = BadRouter.strike(tunnel.lab(), fault, percent, link);
        BadRouter _ = BadRouter.strike(bare.lab(), fault, percent, link)) {
      for (int round = 0; round < rounds; round++) {
        through[round] = tunnel.megabits(transfer);
        without[round] = bare.megabits(transfer);
      }
    }
    return new Cell(fault, percent, through, without);
  }

  private void delays(List<Way> ways) throws IOException {
    print(Delay.head());
    List<Delay> all = new ArrayList<>();
    for (boolean up : new boolean[] {false, true}) {
      for (Way way : ways) {
        Delay delay = delay(way, up);
        all.add(delay);
        print(delay.line());
      }
    }
    printJson(all.stream().map(Delay::json).toList());
  }

  private Delay delay(Way way, boolean up) throws IOException {
    try (BadRouter _ = BadRouter.narrow(way.lab(), bottleneck, QUEUE_MILLIS)) {
      double[] idle = way.roundTrips();
      try (var _ = way.load(up, bottleneck)) {
        way.awaitLoad();
        return new Delay(way.name(), up, idle, way.roundTrips());
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
