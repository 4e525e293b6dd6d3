package dev.teletun.bench.soak;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Footprint;
import dev.teletun.bench.field.Load;
import dev.teletun.bench.field.Outside;
import dev.teletun.bench.field.Part;
import dev.teletun.bench.field.Pause;
import dev.teletun.lab.topology.LabNet;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One long run. */
final class Soak {
  static final int PAIRS = 8;

  private static final Duration MEASURED = Duration.ofSeconds(5);
  private static final Duration USUAL_INTERVAL = Duration.ofSeconds(20);
  private static final Duration RECOVERY = Duration.ofSeconds(155);

  /** So that programs also live for long enough to see whether they grow. */
  private static final int ROUNDS_TO_A_KILL = 3;

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Field field;
  private final Outside outside;
  private final Duration length;
  private final PrintStream progress;
  private final Wire wire;
  private final Wire inside;
  private final Map<Part, List<Footprint>> footprints = new LinkedHashMap<>();
  private final List<Result.Happened> happened = new ArrayList<>();
  private final List<String> losses = new ArrayList<>();
  private int lostBefore;
  private long begunNanos;

  Soak(Field field, Duration length, PrintStream progress) {
    this.field = field;
    this.outside = new Outside(field.lab());
    this.length = length;
    this.progress = progress;
    this.wire = new Wire(field.lab().router(), "wan0");
    this.inside = new Wire(field.laptop(), "tel0");
  }

  /**
   * Runs it.
   *
   * @param megabits a second, of all connections; 0 for half of what they can
   * @param lossPercent of datagrams, each way
   */
  Result run(double megabits, double lossPercent) throws IOException {
    field.connect();
    outside.lose(lossPercent);
    Load.serveIn(field.lab().web());
    double rate = megabits > 0 ? megabits * 1e6 / 8 : half();
    progress.printf("carrying %.0f Mbit/s for %d minutes%n", rate * 8 / 1e6, length.toMinutes());
    List<Load.State> last;
    try (Load load = Load.begin(field.laptop(), LabNet.POD_WEB.v4(), PAIRS, rate)) {
      begunNanos = System.nanoTime();
      allMoved(load, List.of());
      inside.look();
      suffer(load);
      last = load.now();
    }
    outside.ownAddress();
    outside.usualNat();
    outside.loseNothing();
    field.disconnect();
    return new Result(
        length,
        rate * 8 / 1e6,
        last,
        losses,
        happened,
        footprints,
        wire,
        inside,
        field.leftBehind());
  }

  private double half() throws IOException {
    try (Load load = Load.begin(field.laptop(), LabNet.POD_WEB.v4(), PAIRS, 0)) {
      Pause.of(MEASURED.dividedBy(2)); // until they have found their speed
      long before = load.right();
      long nanos = System.nanoTime();
      Pause.of(MEASURED);
      double all = (load.right() - before) * 1e9 / (System.nanoTime() - nanos);
      progress.printf("all they can is %.0f Mbit/s%n", all * 8 / 1e6);
      return all / 2;
    }
  }

  /** What happens goes round; between two beginnings there is the same time. */
  private void suffer(Load load) throws IOException {
    Duration interval = length.dividedBy(Happening.ALL.size() + 1);
    interval = interval.compareTo(USUAL_INTERVAL) > 0 ? USUAL_INTERVAL : interval;
    int minute = 1;
    for (int i = 0; elapsed().compareTo(length) < 0; i++) {
      Duration due = interval.multipliedBy(i + 1);
      while (elapsed().compareTo(due) < 0 && elapsed().compareTo(length) < 0) {
        observe(load, "nothing");
        Pause.of(LOOK);
      }
      Happening next = Happening.ALL.get(i % Happening.ALL.size());
      boolean wanted = !next.isKill() || i / Happening.ALL.size() % ROUNDS_TO_A_KILL == 0;
      if (wanted && elapsed().plus(interval.dividedBy(2)).compareTo(length) < 0) {
        undergo(next, load);
      }
      if (elapsed().toMinutes() >= minute) {
        tell(load);
        minute = (int) elapsed().toMinutes() + 1;
      }
    }
  }

  private void undergo(Happening what, Load load) throws IOException {
    what.run(field, outside);
    List<Load.State> before = load.now();
    long over = System.nanoTime();
    wire.look();
    boolean all = allMoved(load, before);
    double seconds = (System.nanoTime() - over) / 1e9;
    happened.add(new Result.Happened(what.name(), all ? seconds : Double.NaN));
    observe(load, what.name());
  }

  /** False if some connection stood still until it counted as lost. */
  private static boolean allMoved(Load load, List<Load.State> since) throws IOException {
    Duration waited =
        Pause.until(
            RECOVERY,
            () -> {
              List<Load.State> now = load.now();
              for (int i = 0; i < now.size(); i++) {
                if (now.get(i).right() <= (since.isEmpty() ? 0 : since.get(i).right())) {
                  return false;
                }
              }
              return !now.isEmpty();
            });
    return waited.compareTo(RECOVERY) < 0;
  }

  private void observe(Load load, String after) throws IOException {
    for (Part part : Part.values()) {
      List<Footprint> lives = footprints.computeIfAbsent(part, _ -> new ArrayList<>());
      long pid = field.program(part).pid();
      if (lives.isEmpty() || lives.getLast().pid() != pid) {
        lives.add(new Footprint(pid));
      }
      lives.getLast().sample();
    }
    List<Load.State> now = load.now();
    int lost = now.stream().mapToInt(Load.State::lost).sum();
    if (lost > lostBefore) {
      losses.add(
          "%d s: %d connections broke, last happened: %s (%s)"
              .formatted(
                  elapsed().toSeconds(),
                  lost - lostBefore,
                  after,
                  now.stream()
                      .filter(s -> s.lost() > 0)
                      .map(s -> s.name() + ": " + s.why())
                      .toList()));
      progress.println(losses.getLast());
      lostBefore = lost;
    }
  }

  private void tell(Load load) throws IOException {
    StringBuilder resident = new StringBuilder();
    footprints.forEach((part, lives) ->
        resident.append(", %s %.0f MB".formatted(part, lives.getLast().mostResident())));
    progress.printf(
        "minute %d: %.1f GB arrived right, %d connections lost, %d things happened, last after %.1f s all moved; at most%s%n",
        elapsed().toMinutes(),
        load.right() / 1e9,
        lostBefore,
        happened.size(),
        happened.isEmpty() ? 0 : happened.getLast().seconds(),
        resident.substring(1));
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begunNanos);
  }
}
