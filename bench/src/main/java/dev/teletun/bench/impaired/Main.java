package dev.teletun.bench.impaired;

import dev.teletun.bench.field.InSandbox;
import dev.teletun.lab.impair.BadRouter;
import dev.teletun.lab.impair.Fault;
import dev.teletun.lab.topology.Host;
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
 * commas, Mbit/s of the bottleneck or 0, congestion controls with commas, {@code json} or {@code
 * text}, then the command line that starts TeleTUN.
 */
public final class Main {
  private static final int BEFORE_COMMAND = 8;
  private static final int QUEUE_MILLIS = 50;
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final int rounds;
  private final Duration transfer;
  private final int link;
  private final List<Fault> faults;
  private final List<Double> percents;
  private final int bottleneck;
  private final List<String> congestions;
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
    congestions = words(arguments.get(6)).toList();
    json = arguments.get(7).equals("json");
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
    if (bottleneck > 0) {
      delays();
    } else {
      try (CloseStack labs = new CloseStack()) {
        matrix(
            Way.tunnel("tunnel", labs.own(Lab.up("bi0")), command, false),
            Way.bare(labs.own(Lab.up("bi1"))));
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
