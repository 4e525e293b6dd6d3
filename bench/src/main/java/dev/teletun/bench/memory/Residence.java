package dev.teletun.bench.memory;

import static java.util.Objects.requireNonNull;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.Footprint;
import dev.teletun.bench.field.Load;
import dev.teletun.bench.field.Outside;
import dev.teletun.bench.field.Part;
import dev.teletun.bench.field.Pause;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The three programs under all the load there can be, one phase after the other, each of which goes
 * on with what the one before left. A figure is the most that was resident in its phase.
 */
final class Residence {
  private static final int PAIRS = 2;
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration WHILE = Duration.ofSeconds(3);
  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern OVER_TCP = Pattern.compile("^UDP does not get through");
  private static final Pattern OVER_UDP = Pattern.compile("^packets go over UDP again");
  private static final double MB_PER_MIB = (1 << 20) / 1e6;

  private static final double LONGEST_PAUSE_MILLIS = 5;

  private final Field field;
  private final CollectorPauses pauses;
  private final Outside outside;
  private final Duration full;
  private final int times;
  private final Figures figures;
  private final Map<Part, Footprint> phase = new EnumMap<>(Part.class);
  private final Map<Part, Double> most = new EnumMap<>(Part.class);

  /**
   * Nothing runs yet.
   *
   * @param pauses of all programs
   * @param full how long at full rate over each transport
   * @param times how often each kind of reconnection
   */
  Residence(Field field, CollectorPauses pauses, Duration full, int times, Figures figures) {
    this.field = field;
    this.pauses = pauses;
    this.outside = new Outside(field.lab());
    this.full = full;
    this.times = times;
    this.figures = figures;
  }

  void measure() throws IOException {
    field.connect();
    Load.serveIn(field.lab().web());
    watch(WHILE);
    end("connected, idle");
    fullRate();
    try (Load _ = Load.begin(field.laptop(), LabNet.POD_WEB.v4(), PAIRS, 0)) {
      overTcp(full);
      end("full rate over TLS");
      if (times > 0) {
        reconnect();
      }
    }
    field.disconnect();
  }

  /** Both ways at once, after a while that is not counted: it runs code for the first time. */
  private void fullRate() throws IOException {
    String seconds = "" + WARM_UP.plus(full).plus(WHILE).toSeconds();
    String port = "" + LabNet.IPERF_PORT;
    String to = LabNet.POD_ECHO.v4();
    try (RunningProgram transfer =
        field.laptop().start("iperf3", "--bidir", "-t", seconds, "-p", port, "-c", to)) {
      watch(WARM_UP);
      pauses.begin();
      watch(full);
      figures.add("longest pause of a collector", pauses.longest(), "ms", LONGEST_PAUSE_MILLIS);
      left();
      end("full rate over UDP");
      if (transfer.awaitExit(LIMIT) != 0) {
        throw new IOException("iperf3 failed: " + transfer.output());
      }
    }
  }

  private void reconnect() throws IOException {
    for (int i = 0; i < times; i++) {
      restart(Part.SERVER_EXTERNAL);
      overTcp(WHILE);
    }
    end("%d new server-externals, %d times TLS and back".formatted(times, times));
    for (int i = 0; i < times; i++) {
      restart(Part.CLIENT);
    }
    end("%d new clients".formatted(times));
  }

  /** What each has when it has carried all it can for a while. */
  private void left() {
    for (Part part : Part.values()) {
      Footprint.Sample last = requireNonNull(phase.get(part)).last();
      double resident = last.resident() / MB_PER_MIB;
      figures.add("%s: after that".formatted(part), resident, "MiB", part.residentMib());
      double anonymous = last.anonymous() / MB_PER_MIB;
      figures.add("%s: of it no file's".formatted(part), anonymous, "MiB", Double.NaN);
    }
  }

  private void overTcp(Duration time) throws IOException {
    int before = said(OVER_TCP);
    outside.blockUdp();
    await(() -> said(OVER_TCP) > before);
    watch(time);
    int again = said(OVER_UDP);
    outside.unblockUdp();
    await(() -> said(OVER_UDP) > again);
    watch(WHILE);
  }

  private void restart(Part part) throws IOException {
    field.program(part).kill();
    field.start(part);
    watch(WHILE);
  }

  private int said(Pattern line) throws IOException {
    String output = field.program(Part.CLIENT).output();
    return (int) output.lines().filter(line.asPredicate()).count();
  }

  private void await(Pause.Condition condition) throws IOException {
    if (Pause.until(LIMIT, condition).equals(LIMIT)) {
      throw new IOException(
          "the client did not change over: " + field.program(Part.CLIENT).output());
    }
  }

  private void watch(Duration time) throws IOException {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < time.toNanos()) {
      for (Part part : Part.values()) {
        look(part, field.program(part).pid());
      }
      Pause.of(LOOK);
    }
  }

  private void look(Part part, long pid) {
    Footprint life = phase.get(part);
    if (life == null || life.pid() != pid) {
      life = new Footprint(pid);
      phase.put(part, life);
    }
    life.sample();
    most.merge(part, life.mostResident(), Math::max);
  }

  private void end(String name) {
    for (Part part : Part.values()) {
      double resident = most.getOrDefault(part, Double.NaN) / MB_PER_MIB;
      figures.add("%s: %s".formatted(part, name), resident, "MiB", part.mostResidentMib());
    }
    phase.clear();
    most.clear();
  }
}
