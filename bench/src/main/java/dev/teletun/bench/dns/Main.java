package dev.teletun.bench.dns;

import dev.teletun.bench.field.Field;
import dev.teletun.bench.field.Figures;
import dev.teletun.lab.sandbox.InSandbox;
import dev.teletun.lab.topology.Dnsmasq;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments: queries per second, seconds, rounds, text or json, then the command line that starts
 * TeleTUN.
 */
public final class Main {
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final int BEFORE_COMMAND = 4;
  // Code compiled in one load was never told what a pause and a second load look like, and is
  // compiled once more then.
  private static final int WARM_UPS = 4;
  private static final int WARM_UP_SECONDS = 10;
  private static final double GOAL_MILLIS = 1.0;
  private static final String FORWARDER = "127.0.0.53";

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(InSandbox.run(Main.class, arguments, Main::run));
  }

  private static int run(List<String> arguments) throws IOException {
    int rate = Integer.parseInt(arguments.get(0));
    int seconds = Integer.parseInt(arguments.get(1));
    int rounds = Integer.parseInt(arguments.get(2));
    boolean json = arguments.get(3).equals("json");
    List<String> command = arguments.subList(BEFORE_COMMAND, arguments.size());
    String load = Files.readString(LOAD).strip();
    Figures figures = new Figures(System.err);
    try (Field stub = Field.up("dnss", command, "-dns=intercept");
        Field dnsmasq = Field.up("dnsm", command, "-dns=off")) {
      stub.connect();
      dnsmasq.connect();
      startForwarder(dnsmasq.laptop());
      String router = LabNet.ROUTER_LAN.v4();
      for (int i = 0; i < WARM_UPS; i++) {
        String who = "stub, warm-up %d".formatted(i + 1);
        add(figures, who, Answers.of(stub.laptop(), router, rate, WARM_UP_SECONDS));
        Answers.of(dnsmasq.laptop(), FORWARDER, rate, WARM_UP_SECONDS);
      }
      List<Double> ours = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        ours.add(add(figures, "stub", Answers.of(stub.laptop(), router, rate, seconds)));
        theirs.add(add(figures, "dnsmasq", Answers.of(dnsmasq.laptop(), FORWARDER, rate, seconds)));
      }
      figures.add(
          "median of p99, more than dnsmasq's", median(ours) - median(theirs), "ms", GOAL_MILLIS);
      stub.disconnect();
      dnsmasq.disconnect();
    }
    System.out.print(
        json ? figures.json(load) : figures.text() + "load average before: " + load + "\n");
    return figures.areMet() ? 0 : 1;
  }

  /** Splits as the stub does: to the cluster's DNS through the tunnel, and to the router. */
  private static void startForwarder(Host laptop) throws IOException {
    laptop.start(
        Dnsmasq.line(
            "--bind-interfaces",
            "--listen-address=" + FORWARDER,
            "--cache-size=0", // the stub has none
            "--dns-forward-max=10000",
            "--server=/%s/%s".formatted(LabNet.CLUSTER_DOMAIN, LabNet.DNS_SERVICE.v4()),
            "--server=" + LabNet.ROUTER_LAN.v4()));
  }

  private static double add(Figures figures, String who, Answers answers) {
    figures.add(who + ": p50", answers.p50(), "ms", Double.NaN);
    figures.add(who + ": p99", answers.p99(), "ms", Double.NaN);
    figures.add(
        who + ": lost of 1,000",
        1_000.0 * answers.lost() / answers.queries(),
        "queries",
        Double.NaN);
    return answers.p99();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
