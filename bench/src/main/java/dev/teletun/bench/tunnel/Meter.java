package dev.teletun.bench.tunnel;

import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Measures one tunnel with iperf3 and ping. */
public final class Meter {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, proc(5)
  private static final int PINGS = 200;
  private static final Duration SLACK = Duration.ofSeconds(10);
  private static final Pattern TIME = Pattern.compile("time=([0-9.]+) ms");
  private static final Pattern RECEIVED =
      Pattern.compile(
          "\"sum_received\":\\s*\\{[^}]*\"bytes\":\\s*(\\d+)[^}]*\"bits_per_second\":\\s*([0-9.eE+]+)");

  /** What iperf3 said. */
  public record Transfer(long bytes, double bitsPerSecond) {

    static Transfer parse(String json) throws IOException {
      Matcher received = RECEIVED.matcher(json);
      if (!received.find()) {
        throw new IOException("iperf3 measured nothing: " + json.strip());
      }
      return new Transfer(Long.parseLong(received.group(1)), Double.parseDouble(received.group(2)));
    }
  }

  private record Costed(double gigabits, double cpuPerGigabyte) {}

  private final Duration transfer;

  /** Each transfer takes as long as {@code transfer}. */
  public Meter(Duration transfer) {
    this.transfer = transfer;
  }

  /** Both directions, then round trips. */
  public Sample measure(Tunnel tunnel) throws IOException {
    double[] idle = roundTrips(tunnel);
    Costed up = costed(tunnel);
    Costed down = costed(tunnel, "-R");
    return new Sample(
        up.gigabits(),
        down.gigabits(),
        up.cpuPerGigabyte(),
        down.cpuPerGigabyte(),
        Spread.quantile(idle, 0.5),
        Spread.quantile(idle, 0.99));
  }

  private Costed costed(Tunnel tunnel, String... more) throws IOException {
    double before = cpuSeconds(tunnel);
    Transfer moved = transfer(tunnel, more);
    double cpu = cpuSeconds(tunnel) - before;
    return new Costed(moved.bitsPerSecond() / 1e9, cpu / (moved.bytes() / 1e9));
  }

  /** One transfer with more options of iperf3. */
  public Transfer transfer(Tunnel tunnel, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("iperf3", "-J", "-4", "--connect-timeout=3000"));
    command.addAll(List.of("-t", "" + transfer.toSeconds(), "-p", "" + tunnel.port()));
    command.addAll(List.of("-c", tunnel.address()));
    command.addAll(List.of(more));
    Run run = tunnel.laptop().run(transfer.plus(SLACK), command.toArray(String[]::new));
    return Transfer.parse(run.stdout());
  }

  /** Microseconds of each. */
  private static double[] roundTrips(Tunnel tunnel) throws IOException {
    Run run = tunnel.laptop().run("ping", "-n", "-c" + PINGS, "-i0.01", tunnel.address());
    return roundTrips(run.orThrow());
  }

  /** Each round trip in microseconds, of what ping(8) printed. */
  public static double[] roundTrips(String ping) {
    return TIME.matcher(ping)
        .results()
        .mapToDouble(time -> Double.parseDouble(time.group(1)) * 1000)
        .toArray();
  }

  private static double cpuSeconds(Tunnel tunnel) throws IOException {
    double all = 0;
    for (RunningProgram program : tunnel.programs().values()) {
      all += cpuSeconds(program);
    }
    return all;
  }

  /** User and system time of a process so far. */
  public static double cpuSeconds(RunningProgram program) throws IOException {
    return cpuSeconds(Files.readString(Path.of("/proc/" + program.pid() + "/stat")));
  }

  /** User and system time in a /proc/PID/stat; the name in it may hold anything. */
  static double cpuSeconds(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }
}
