package dev.teletun.bench.recovery;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Figures;
import dev.teletun.bench.field.Flow;
import dev.teletun.bench.field.Load;
import dev.teletun.bench.field.Outside;
import dev.teletun.bench.field.Part;
import dev.teletun.bench.field.Pause;
import dev.teletun.lab.topology.LabNet;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The measurements, each in a lab of its own. */
final class Recovery {
  private static final Duration PACE = Duration.ofMillis(5);
  private static final Duration CALM = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration RENEWING = Duration.ofMinutes(2);
  private static final int FLAPS_A_TIME = 20;
  private static final double LIGHT = 50e6 / 8;
  private static final int RENEWALS = 20;
  private static final long ENOUGH = 500_000;
  private static final Pattern OVER_UDP = Pattern.compile("^packets go over UDP again");

  private final int times;
  private final boolean full;
  private final List<String> command;
  private final Figures figures;

  Recovery(int times, boolean full, List<String> command, Figures figures) {
    this.times = times;
    this.full = full;
    this.command = command;
    this.figures = figures;
  }

  private interface Measurement {
    void in(Field field, Outside outside) throws IOException;
  }

  private interface Change {
    void make() throws IOException;
  }

  void measure(String name) throws IOException {
    switch (name) {
      case "roam" -> connected(this::roam);
      case "restart" -> connected(this::restart);
      case "flap" -> connected(this::flap);
      case "stop" -> connected(this::stop);
      case "nat" -> connected(this::nat);
      case "rekey" -> {
        connected((f, _) -> rekey(f, "new keys, 50 Mbit/s", LIGHT), "--rekey-records=8000");
        // The last quarter must take longer than a handshake does on a machine that is busy.
        connected((f, _) -> rekey(f, "new keys, full load", 0), "--rekey-records=400000");
        connected((f, _) -> rekey(f, "same keys, full load, 2 min", 0));
      }
      case "pmtu" -> {
        for (int i = 0; i < times; i++) {
          connected(this::pmtu); // one lab knows the path from the first time on
        }
      }
      case "udp" -> {
        udpAtTheStart();
        connected(this::udp);
      }
      default -> throw new IOException("no measurement is called " + name);
    }
  }

  private void connected(Measurement measurement, String... clientOptions) throws IOException {
    try (Field field = Field.up("recov", command, clientOptions)) {
      field.connect();
      Load.serveIn(field.lab().web());
      Pause.of(CALM);
      measurement.in(field, new Outside(field.lab()));
      field.disconnect();
    }
  }

  private static Flow flow(Field field, Duration up) throws IOException {
    Flow flow = Flow.begin(field.laptop(), field.lab().web(), LabNet.POD_WEB.v4(), up, PACE);
    Pause.of(CALM);
    return flow;
  }

  private void roam(Field field, Outside outside) throws IOException {
    for (int i = 0; i < times; i++) {
      roamed(field, "another address", outside::otherAddress);
      roamed(field, "another address", outside::ownAddress);
      roamed(field, "another port at the NAT", outside::rebindNat);
      roamed(field, "another port at the NAT", outside::usualNat);
      roamed(field, "another interface", outside::otherInterface);
      roamed(field, "another interface", outside::ownInterface);
      roamedIdle(field, "another address", outside::otherAddress);
      roamedIdle(field, "another address", outside::ownAddress);
      roamedIdle(field, "another interface", outside::otherInterface);
      roamedIdle(field, "another interface", outside::ownInterface);
    }
  }

  /** What is lost is counted from the first packet on that arrives from the new address. */
  private void roamed(Field field, String how, Change change) throws IOException {
    try (Flow flow = flow(field, PACE)) {
      change.make();
      long moved = System.nanoTime();
      Duration gap = flow.untilBothArrive(moved, LIMIT);
      Pause.of(CALM);
      long first = flow.up().firstArrivalAfter(moved);
      long until = System.nanoTime() - Duration.ofSeconds(1).toNanos();
      figures.add(
          "roaming, " + how + ": lost after first record",
          flow.up().lost(first, until) + flow.down().lost(first, until),
          "packets",
          1);
      figures.add("roaming, " + how + ": both ways again after", seconds(gap), "s", 1);
    }
  }

  /** The laptop sends nothing inside; packets for it come all the time. */
  private void roamedIdle(Field field, String how, Change change) throws IOException {
    try (Flow flow = flow(field, Duration.ZERO)) {
      change.make();
      Duration gap = flow.untilBothArrive(System.nanoTime(), LIMIT);
      figures.add("roaming idle, " + how + ": inbound again after", seconds(gap), "s", 1);
    }
  }

  private void restart(Field field, Outside outside) throws IOException {
    try (Load load = light(field)) {
      for (int i = 0; i < times; i++) {
        for (Part part : List.of(Part.SERVER_EXTERNAL, Part.SERVER_CLUSTER)) {
          try (Flow flow = flow(field, PACE)) {
            field.program(part).kill();
            field.start(part);
            Duration gap = flow.untilBothArrive(System.nanoTime(), LIMIT);
            figures.add(
                "%s killed: traffic after it is ready".formatted(part), seconds(gap), "s", 2);
          }
        }
      }
      noneLost(load, "killed servers");
    }
  }

  /** Of twenty flaps, twelve of 1 s, five of 3 s, two of 10 s and one of 60 s. */
  private void flap(Field field, Outside outside) throws IOException {
    try (Load load = light(field);
        Flow flow = flow(field, PACE)) {
      for (int i = 0; i < times * FLAPS_A_TIME; i++) {
        int kind = i % FLAPS_A_TIME;
        int away = kind < 12 ? 1 : kind < 17 ? 3 : kind < 19 ? 10 : 60;
        outside.linkDown();
        Pause.of(Duration.ofSeconds(away));
        outside.linkUp();
        Duration gap = flow.untilBothArrive(System.nanoTime(), LIMIT);
        figures.add(
            "link away for %d s: traffic after it is back".formatted(away), seconds(gap), "s", 3);
        Pause.of(CALM);
      }
      noneLost(load, "flaps");
    }
  }

  private void stop(Field field, Outside outside) throws IOException {
    try (Load load = light(field)) {
      for (int i = 0; i < Math.max(1, times / 2); i++) {
        try (Flow flow = flow(field, PACE)) {
          field.program(Part.CLIENT).signal("STOP");
          Pause.of(Duration.ofSeconds(60));
          field.program(Part.CLIENT).signal("CONT");
          Duration gap = flow.untilBothArrive(System.nanoTime(), LIMIT);
          figures.add("client stopped for 60 s: traffic after", seconds(gap), "s", 5);
        }
      }
      noneLost(load, "a stopped client");
    }
  }

  /** The NAT forgets after 30 s; nothing is sent inside for three times that, or for 10 min. */
  private void nat(Field field, Outside outside) throws IOException {
    outside.natForgetsAfter(Duration.ofSeconds(30));
    Pause.of(full ? Duration.ofMinutes(10) : Duration.ofSeconds(90));
    try (Flow flow =
        Flow.begin(field.laptop(), field.lab().web(), LabNet.POD_WEB.v4(), Duration.ZERO, PACE)) {
      long begun = System.nanoTime();
      Pause.of(CALM);
      long now = System.nanoTime();
      figures.add(
          "idle behind a NAT of 30 s: inbound packets lost",
          flow.down().lost(begun, now - CALM.toNanos() / 2),
          "packets",
          0);
    }
  }

  /** Full load fills queues, which drop: what that costs without new keys is measured beside it. */
  private void rekey(Field field, String load, double rate) throws IOException {
    try (Load carried = Load.begin(field.laptop(), LabNet.POD_WEB.v4(), 2, rate);
        Flow flow = flow(field, PACE)) {
      long begun = System.nanoTime();
      long before = associations(field);
      Pause.until(RENEWING, () -> associations(field) >= before + RENEWALS);
      Pause.of(CALM);
      long end = System.nanoTime();
      Pause.of(CALM);
      figures.add(load + ": renewals", associations(field) - before, "times", Double.NaN);
      figures.add(
          load
              + ": lost of %d packets a second"
                  .formatted(2 * Duration.ofSeconds(1).dividedBy(PACE)),
          flow.up().lost(begun, end) + flow.down().lost(begun, end),
          "packets",
          rate > 0 ? 0 : Double.NaN);
      figures.add(
          load + ": came out of order",
          flow.up().outOfOrder() + flow.down().outOfOrder(),
          "packets",
          Double.NaN);
      noneLost(carried, load);
    }
  }

  private static long associations(Field field) throws IOException {
    return field
        .program(Part.SERVER_EXTERNAL)
        .output()
        .lines()
        .filter(line -> line.startsWith("data association with"))
        .count();
  }

  private void pmtu(Field field, Outside outside) throws IOException {
    try (Load load = Load.begin(field.laptop(), LabNet.POD_WEB.v4(), 1, LIGHT)) {
      Pause.of(CALM);
      for (int bytes : new int[] {1280, 1300}) {
        outside.narrow(bytes);
        figures.add(
            "path of %d bytes, silently: bulk TCP moves after".formatted(bytes),
            seconds(moved(load)),
            "s",
            3);
        Pause.of(CALM);
      }
      noneLost(load, "narrow paths");
    }
  }

  /** Time until every connection has carried half a megabyte more. */
  private static Duration moved(Load load) throws IOException {
    List<Load.State> before = load.now();
    return Pause.until(
        LIMIT,
        () -> {
          List<Load.State> now = load.now();
          for (int i = 0; i < before.size(); i++) {
            boolean bulk = !before.get(i).name().equals("talk");
            if (bulk && now.get(i).right() < before.get(i).right() + ENOUGH) {
              return false;
            }
          }
          return true;
        });
  }

  private void udpAtTheStart() throws IOException {
    try (Field field = Field.up("recov", command)) {
      Outside outside = new Outside(field.lab());
      field.start(Part.SERVER_CLUSTER);
      field.start(Part.SERVER_EXTERNAL);
      for (int i = 0; i < times; i++) {
        double open = field.secondsUntilConnected();
        outside.blockUdp();
        double blocked = field.secondsUntilConnected();
        outside.unblockUdp();
        figures.add("start of the client, UDP open: connected after", open, "s", Double.NaN);
        figures.add("start of the client, UDP blocked: connected after", blocked, "s", 3);
        figures.add(
            "start of the client: longer by, where UDP is blocked",
            blocked - open,
            "s",
            Double.NaN);
      }
    }
  }

  private void udp(Field field, Outside outside) throws IOException {
    try (Load load = light(field)) {
      for (int i = 0; i < times; i++) {
        try (Flow flow = flow(field, PACE)) {
          outside.blockUdp();
          Duration gap = flow.untilBothArrive(System.nanoTime(), LIMIT);
          figures.add("UDP blocked: traffic over TCP after", seconds(gap), "s", 2);
          Pause.of(CALM.multipliedBy(2));
          int switches = lines(field);
          outside.unblockUdp();
          long unblocked = System.nanoTime();
          Duration back = Pause.until(LIMIT, () -> lines(field) > switches);
          Pause.of(CALM);
          figures.add("UDP unblocked: back on UDP after", seconds(back), "s", 30);
          long end = System.nanoTime() - Duration.ofSeconds(1).toNanos();
          figures.add(
              "UDP unblocked: lost at the switch",
              flow.up().lost(unblocked, end) + flow.down().lost(unblocked, end),
              "packets",
              0);
          figures.add(
              "UDP blocked and unblocked: came out of order",
              flow.up().outOfOrder() + flow.down().outOfOrder(),
              "packets",
              0);
        }
      }
      noneLost(load, "blocked UDP");
    }
  }

  private static int lines(Field field) throws IOException {
    return (int) field.program(Part.CLIENT).output().lines().filter(OVER_UDP.asPredicate()).count();
  }

  private static Load light(Field field) throws IOException {
    return Load.begin(field.laptop(), LabNet.POD_WEB.v4(), 2, LIGHT);
  }

  private void noneLost(Load load, String by) throws IOException {
    List<Load.State> now = load.now();
    now.stream()
        .filter(state -> state.lost() + state.wrong() > 0)
        .forEach(state -> System.err.println("bench: lost, and why the last time: " + state));
    figures.add(
        "TCP connections lost by " + by, now.stream().mapToInt(Load.State::lost).sum(), "", 0);
    figures.add(
        "wrong bytes in TCP connections, " + by,
        now.stream().mapToInt(Load.State::wrong).sum(),
        "times",
        0);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
