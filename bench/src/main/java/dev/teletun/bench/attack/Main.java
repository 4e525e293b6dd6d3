package dev.teletun.bench.attack;

import dev.teletun.bench.tunnel.CpuTime;
import dev.teletun.bench.tunnel.Memory;
import dev.teletun.bench.tunnel.Meter;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Tunnel;
import dev.teletun.lab.sandbox.InSandbox;
import dev.teletun.lab.topology.Attacker;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures what attackers without a key cost: forged datagrams during transfers, in turns with runs
 * without them, and then a flood of hellos. Arguments: {@code shapes} or {@code garbage}, rounds,
 * seconds per transfer, forged datagrams a second, seconds of the flood, hellos a second, {@code
 * text} or {@code json}, then the command line that starts TeleTUN.
 */
public final class Main implements Closeable {
  private static final int BEFORE_COMMAND = 7;
  private static final double WARM_UP_SHARE = 1.0 / 6;
  private static final Duration SLACK = Duration.ofSeconds(60);
  private static final Pattern COUNTER = Pattern.compile("packets (\\d+) bytes (\\d+)");
  private static final String EXTERNAL = "server-external";

  /** Drops at a host's door what is forged: the attack's cost for the machine, not for us. */
  private static final String DOOR =
      """
      table inet door {
        chain in { type filter hook prerouting priority -400; ip dscp %s drop; }
      }
      """
          .formatted(Attacker.DSCP);

  private static final String COUNTING =
      """
      table inet counting {
        chain in { type filter hook input priority 0; ip saddr %1$s counter; }
        chain out { type filter hook output priority 0; ip daddr %1$s counter; }
      }
      """
          .formatted(Attacker.STRANGERS);

  private final boolean garbage;
  private final int rounds;
  private final int seconds;
  private final int perSecond;
  private final int floodSeconds;
  private final int hellosPerSecond;
  private final List<String> teletun;
  private final Lab lab;
  private final Tunnel tunnel;
  private final Meter meter;
  private final Attacker ofServer;
  private final Attacker ofClient;
  private final Map<Under, Rates> rates = new EnumMap<>(Under.class);
  private long forged;

  private Main(List<String> arguments, Lab lab) throws IOException {
    garbage = arguments.get(0).equals("garbage");
    rounds = Integer.parseInt(arguments.get(1));
    seconds = Integer.parseInt(arguments.get(2));
    perSecond = Integer.parseInt(arguments.get(3));
    floodSeconds = Integer.parseInt(arguments.get(4));
    hellosPerSecond = Integer.parseInt(arguments.get(5));
    meter = new Meter(Duration.ofSeconds(seconds));
    teletun = arguments.subList(BEFORE_COMMAND, arguments.size());
    this.lab = lab;
    Path atNode = lab.directory().resolve("node.pcap");
    Path atRouter = lab.directory().resolve("router.pcap");
    try (Closeable _ = lab.node().capture("cni0", atNode);
        Closeable _ = lab.router().capture("lan0", atRouter)) {
      tunnel = Peers.teletun(Peers.TELETUN, lab, teletun);
      lab.laptop().run("ping", "-c3", "-i0.2", LabNet.POD_ECHO.v4()).orThrow();
    }
    ofServer = Attacker.ofServer(lab, atNode);
    ofClient = Attacker.ofClient(lab, atRouter);
  }

  /** Measures in a sandbox. */
  public static void main(String[] arguments) {
    System.exit(
        InSandbox.run(
            Main.class,
            arguments,
            given -> {
              try (Main attack = new Main(given, Lab.up("atk"))) {
                Report report = attack.measure();
                System.out.print(given.get(6).equals("json") ? report.json() : report.text());
                return 0;
              }
            }));
  }

  private Report measure() throws IOException {
    say("warming up");
    transferBothWays(new Rates());
    Map<String, Memory> before = memory();
    for (int round = 1; round <= rounds; round++) {
      for (Under under : Under.values()) {
        Rates of = rates.computeIfAbsent(under, _ -> new Rates());
        transferUnder(under, of);
        say(
            "round %d, %s: up %.2f, down %.2f Gb/s"
                .formatted(round, under.words, of.lastUp(), of.lastDown()));
      }
    }
    Map<String, Memory> after = memory();
    Flood flood = flood();
    return new Report(
        garbage ? "random bytes" : "forged datagrams",
        rounds,
        seconds,
        perSecond,
        forged,
        associationsLost(),
        rates,
        before,
        after,
        flood,
        memory());
  }

  private void transferUnder(Under under, Rates into) throws IOException {
    int count = perSecond * (2 * seconds + 1);
    switch (under) {
      case NOTHING -> transferBothWays(into);
      case DROPPED_BEFORE_THE_SERVER -> {
        try (Closeable _ = door(lab.podExternal())) {
          transferBeside(toServer(count, into), into);
        }
      }
      case AT_THE_SERVER -> transferBeside(toServer(count, into), into);
      case DROPPED_BEFORE_THE_CLIENT -> {
        try (Closeable _ = door(lab.laptop())) {
          transferBeside(toClient(count, into), into);
        }
      }
      case AT_THE_CLIENT -> transferBeside(toClient(count, into), into);
    }
    forged += under == Under.AT_THE_SERVER || under == Under.AT_THE_CLIENT ? count : 0;
  }

  private RunningProgram toServer(int count, Rates into) throws IOException {
    return garbage
        ? ofServer.garbageAlsoFromStrangers(count, perSecond)
        : ofServer.shapesAlsoFromStrangers(count, into.rounds(), perSecond);
  }

  private RunningProgram toClient(int count, Rates into) throws IOException {
    return garbage
        ? ofClient.garbage(count, perSecond)
        : ofClient.shapes(count, into.rounds(), perSecond);
  }

  private static Closeable door(Host of) throws IOException {
    of.runWithInput(DOOR, "nft", "-f", "-").orThrow();
    return () -> of.run("nft", "delete", "table", "inet", "door").orThrow();
  }

  private void transferBeside(RunningProgram attack, Rates into) throws IOException {
    try (attack) {
      transferBothWays(into);
      if (attack.awaitExit(SLACK) != 0) {
        throw new IOException("the attack failed: " + attack.output());
      }
    }
  }

  private void transferBothWays(Rates into) throws IOException {
    into.add(
        meter.transfer(tunnel).bitsPerSecond() / 1e9,
        meter.transfer(tunnel, "-R").bitsPerSecond() / 1e9);
  }

  private Flood flood() throws IOException {
    Host pod = lab.podExternal();
    RunningProgram server = program(EXTERNAL);
    flood((int) Math.ceil(floodSeconds * WARM_UP_SHARE));
    pod.runWithInput(COUNTING, "nft", "-f", "-").orThrow();
    Memory memoryBefore = Memory.of(server);
    double cpuBefore = CpuTime.of(server);
    long began = System.nanoTime();
    String pings = flood(floodSeconds);
    double took = (System.nanoTime() - began) / 1e9;
    double cpu = CpuTime.of(server) - cpuBefore;
    Matcher answered =
        Pattern.compile("(\\d+) packets transmitted, (\\d+) received").matcher(pings);
    if (!answered.find()) {
      throw new IOException("ping said: " + pings);
    }
    return new Flood(
        floodSeconds,
        counted("in"),
        counted("out"),
        cpu / took,
        memoryBefore,
        Memory.of(server),
        Integer.parseInt(answered.group(1)),
        Integer.parseInt(answered.group(2)));
  }

  /** Returns what a ping through the tunnel said meanwhile. */
  private String flood(int forSeconds) throws IOException {
    say("%d hellos a second for %d s".formatted(hellosPerSecond, forSeconds));
    try (RunningProgram hellos = ofServer.hellos(hellosPerSecond * forSeconds, hellosPerSecond)) {
      String pings =
          lab.laptop()
              .run(
                  SLACK.plusSeconds(forSeconds),
                  "ping",
                  "-q",
                  "-i0.2",
                  "-c" + 5 * forSeconds,
                  LabNet.POD_ECHO.v4())
              .stdout();
      if (hellos.awaitExit(SLACK) != 0) {
        throw new IOException("the flood failed: " + hellos.output());
      }
      return pings;
    }
  }

  private Flood.Counted counted(String chain) throws IOException {
    Matcher counter =
        COUNTER.matcher(
            lab.podExternal().run("nft", "list", "chain", "inet", "counting", chain).orThrow());
    if (!counter.find()) {
      throw new IOException("no counter in chain " + chain);
    }
    return new Flood.Counted(Long.parseLong(counter.group(1)), Long.parseLong(counter.group(2)));
  }

  /**
   * Associations that the client had to make after its first. Too short a time and too few records
   * for new keys.
   */
  private long associationsLost() throws IOException {
    String[] status = teletun.toArray(String[]::new);
    status = Arrays.copyOf(status, status.length + 2);
    status[status.length - 2] = "status";
    status[status.length - 1] = "-output=json";
    String said = lab.laptop().run(status).orThrow();
    Matcher begun = Pattern.compile("\"begun\":(\\d+)").matcher(said);
    if (!begun.find()) {
      throw new IOException("the client's status has no associations: " + said);
    }
    return Long.parseLong(begun.group(1)) - 1;
  }

  private RunningProgram program(String name) {
    RunningProgram program = tunnel.programs().get(name);
    if (program == null) {
      throw new IllegalStateException("no program " + name);
    }
    return program;
  }

  private Map<String, Memory> memory() throws IOException {
    return Memory.ofEach(tunnel);
  }

  private static void say(String line) {
    System.err.println("bench: " + line);
  }

  @Override
  public void close() throws IOException {
    lab.close();
  }
}
