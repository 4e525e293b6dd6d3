package dev.teletun.bench.tunnel;

import dev.teletun.bench.field.Pause;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures one tunnel with iperf3 and fping: ping(8) would spend the last 10 ms before each request
 * on the processor, a fifth of one at 100 a second.
 */
public final class Meter {
  private static final Duration SLACK = Duration.ofSeconds(10);
  private static final int PAYLOAD = 64;
  private static final double FIRST_BYTES = 640_000; // a second: what every tunnel carries
  private static final Duration TRIAL = Duration.ofSeconds(1);
  private static final Duration BETWEEN_PINGS = Duration.ofMillis(10);
  private static final Duration PING_LIMIT = Duration.ofSeconds(2);
  private static final Duration SETTLING = Duration.ofMillis(300);
  private static final int CONNECTS = 5;
  private static final String NOT_CONNECTED = "unable to connect to server";
  private static final Pattern TIME = Pattern.compile("bytes, ([0-9.]+) ms");
  private static final Pattern LOST =
      Pattern.compile("\"sum\":\\s*\\{[^}]*\"lost_packets\":\\s*(\\d+)[^}]*\"packets\":\\s*(\\d+)");

  private final Duration transfer;

  /** Each transfer takes as long as {@code transfer}. */
  public Meter(Duration transfer) {
    this.transfer = transfer;
  }

  /** Everything, in one round. */
  public Sample measure(Tunnel tunnel) throws IOException {
    Sample sample = new Sample();
    delays(sample, roundTrips(tunnel), Figure.IDLE_MEDIAN, Figure.IDLE_TAIL);
    double up = costed(sample, tunnel, Figure.UP, Figure.UP_COST);
    double _ = costed(sample, tunnel, Figure.DOWN, Figure.DOWN_COST, "-R");
    sample.with(Figure.UP_FOUR, transfer(tunnel, "-P4").gigabits());
    sample.with(Figure.DOWN_FOUR, transfer(tunnel, "-P4", "-R").gigabits());
    // paced by the kernel: -b sends at full rate for some milliseconds, and then not at all
    String half = String.format(Locale.ROOT, "--fq-rate=%.0f", up / 2 * 1e9);
    delays(sample, roundTripsUnder(tunnel, half), Figure.HALF_MEDIAN, Figure.HALF_TAIL);
    delays(sample, roundTripsUnder(tunnel, "-b0"), Figure.FULL_MEDIAN, Figure.FULL_TAIL);
    sample.with(Figure.UP_PACKETS, packets(tunnel, PAYLOAD) / 1e3);
    sample.with(Figure.DOWN_PACKETS, packets(tunnel, PAYLOAD, "-R") / 1e3);
    return sample;
  }

  private double costed(Sample sample, Tunnel tunnel, Figure rate, Figure cost, String... more)
      throws IOException {
    double before = CpuTime.of(tunnel);
    Transfer moved = transfer(tunnel, more);
    if (!tunnel.programs().isEmpty()) {
      sample.with(cost, (CpuTime.of(tunnel) - before) / (moved.bytes() / 1e9));
    }
    sample.with(rate, moved.gigabits());
    return moved.gigabits();
  }

  /** One transfer with more options of iperf3. */
  public Transfer transfer(Tunnel tunnel, String... more) throws IOException {
    return Transfer.parse(iperf(tunnel, transfer, more).stdout());
  }

  /**
   * UDP datagrams a second that pass as {@link PacketRate} asks.
   *
   * @param payload bytes of each
   */
  public double packets(Tunnel tunnel, int payload, String... more) throws IOException {
    return PacketRate.search(FIRST_BYTES / payload, rate -> lost(tunnel, payload, rate, more));
  }

  /** Once more where the server did not take the connection: it may still be ending a test. */
  private static Run iperf(Tunnel tunnel, Duration length, String... more) throws IOException {
    Run run = tunnel.laptop().run(length.plus(SLACK), iperfCommand(tunnel, length, more));
    for (int again = 0; again < CONNECTS && run.stdout().contains(NOT_CONNECTED); again++) {
      Pause.of(Duration.ofSeconds(1));
      run = tunnel.laptop().run(length.plus(SLACK), iperfCommand(tunnel, length, more));
    }
    return run;
  }

  private static String[] iperfCommand(Tunnel tunnel, Duration length, String... more) {
    List<String> command = new ArrayList<>(List.of("iperf3", "-J", "-4", "--connect-timeout=3000"));
    command.addAll(List.of("-t", "" + length.toSeconds(), "-p", "" + tunnel.port()));
    command.addAll(List.of("-c", tunnel.address()));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  /** The share that was lost of datagrams at so many a second. */
  private static double lost(Tunnel tunnel, int payload, double perSecond, String... more)
      throws IOException {
    List<String> options = new ArrayList<>(List.of("-u", "-l", "" + payload));
    options.add(String.format(Locale.ROOT, "-b%.0f", perSecond * payload * Byte.SIZE));
    options.add("--pacing-timer=200"); // microseconds: smaller bursts than its own 1 ms
    options.addAll(List.of(more));
    Run run = iperf(tunnel, TRIAL, options.toArray(String[]::new));
    return lost(run.stdout(), perSecond);
  }

  /** The share of the packets of one second that did not arrive: also those never sent. */
  static double lost(String json, double perSecond) throws IOException {
    Matcher sum = LOST.matcher(json);
    if (!sum.find()) {
      throw new IOException("iperf3 measured nothing: " + json.strip());
    }
    long lost = Long.parseLong(sum.group(1));
    long packets = Long.parseLong(sum.group(2));
    double tooFew = 1 - packets / perSecond;
    return tooFew > 0.03 ? tooFew : (double) lost / packets;
  }

  private static void delays(Sample sample, double[] micros, Figure median, Figure tail) {
    sample.with(median, Spread.quantile(micros, 0.5)).with(tail, Spread.quantile(micros, 0.99));
  }

  private double[] roundTripsUnder(Tunnel tunnel, String load) throws IOException {
    try (RunningProgram transferring =
        tunnel.laptop().start(iperfCommand(tunnel, transfer.plus(Duration.ofSeconds(1)), load))) {
      Pause.of(SETTLING);
      double[] micros = roundTrips(tunnel);
      int code = transferring.awaitExit(SLACK);
      if (code != 0) {
        throw new IOException("iperf3 ended with " + code + ": " + transferring.output());
      }
      return micros;
    }
  }

  private double[] roundTrips(Tunnel tunnel) throws IOException {
    return roundTrips(tunnel.laptop(), tunnel.address(), transfer, BETWEEN_PINGS);
  }

  /**
   * Each round trip in microseconds; the lost ones, also those above 2 s, are not among them.
   *
   * @param time how long requests are sent
   */
  public static double[] roundTrips(Host from, String to, Duration time, Duration between)
      throws IOException {
    Run run =
        from.run(
            time.plus(PING_LIMIT).plus(SLACK),
            "fping",
            "-c" + time.dividedBy(between),
            "-p" + between.toMillis(),
            "-t" + PING_LIMIT.toMillis(),
            to);
    return roundTrips(run.stdout()); // a lost one is no failure under load
  }

  /** Each round trip in microseconds, of what fping(8) printed. */
  static double[] roundTrips(String fping) {
    return TIME.matcher(fping)
        .results()
        .mapToDouble(time -> Double.parseDouble(time.group(1)) * 1000)
        .toArray();
  }
}
