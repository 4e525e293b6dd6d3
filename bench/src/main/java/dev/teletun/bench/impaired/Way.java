package dev.teletun.bench.impaired;

import dev.teletun.bench.field.Pause;
import dev.teletun.bench.tunnel.Meter;
import dev.teletun.bench.tunnel.Peers;
import dev.teletun.bench.tunnel.Tunnel;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * From the laptop to a web server behind the router, through a tunnel or without.
 *
 * @param pinged an address at the far end
 * @param web the web server's address and port
 */
record Way(String name, Lab lab, String pinged, String web) {
  private static final Duration SLACK = Duration.ofSeconds(10);
  private static final Duration FILLING = Duration.ofSeconds(3);
  private static final Duration BETWEEN_PINGS = Duration.ofMillis(50);

  /** TeleTUN's; {@code overTls} blocks its UDP before it starts. */
  static Way tunnel(String name, Lab lab, List<String> command, boolean overTls)
      throws IOException {
    if (overTls) {
      lab.router()
          .shell(
              "nft 'table inet noudp { chain f { type filter hook forward priority -10;"
                  .concat(" udp dport %1$d drop; udp sport %1$d drop; }; }'")
                  .formatted(LabNet.NODE_PORT))
          .orThrow();
    }
    Tunnel _ = Peers.teletun(name, lab, command);
    return new Way(name, lab, LabNet.POD_WEB.v4(), LabNet.POD_WEB.v4() + ":" + LabNet.WEB_PORT);
  }

  /** The node port leads to the same web server in pod A. */
  static Way bare(Lab lab) throws IOException {
    RunningProgram _ = lab.startWebServer(lab.podExternal(), LabNet.EXTERNAL_PORT);
    String node = LabNet.NODE.v4();
    return new Way("no tunnel", lab, node, node + ":" + LabNet.NODE_PORT);
  }

  /** What a download brings in a second, over so long. */
  double megabits(Duration time) throws IOException {
    Run run =
        lab.laptop()
            .run(
                time.plus(SLACK),
                "curl",
                "-sS",
                "-o",
                "/dev/null",
                "--max-time",
                "" + time.toSeconds(),
                "-w",
                "%{size_download} %{time_total}",
                "http://%s/bytes/10000000000".formatted(web));
    String[] said = run.stdout().strip().split(" ", -1);
    if (said.length != 2) {
      throw new IOException("curl measured nothing: " + run.stderr().strip());
    }
    return Double.parseDouble(said[0]) * 8 / 1e6 / Double.parseDouble(said[1]);
  }

  /** Microseconds of each. */
  double[] roundTrips(Duration time) throws IOException {
    return Meter.roundTrips(lab.laptop(), pinged, time, BETWEEN_PINGS);
  }

  /** Begins to fill the link in one direction until closed, or a while after {@code time}. */
  RunningProgram load(boolean up, int megabits, Duration time) throws IOException {
    long seconds = time.plus(FILLING).plus(SLACK).toSeconds();
    Host laptop = lab.laptop();
    String url = "http://%s/bytes/10000000000".formatted(web);
    String limit = "--max-time " + seconds;
    String bytes = "" + megabits * 1_000_000L / 8 * seconds;
    return laptop.start(
        "sh",
        "-c",
        up
            ? "truncate -s %s /run/load && exec curl -sS %s -o /dev/null -T /run/load http://%s/"
                .formatted(bytes, limit, web)
            : "exec curl -sS %s -o /dev/null %s".formatted(limit, url));
  }

  /** Waits until the queue is full. */
  void awaitLoad() throws IOException {
    Pause.of(FILLING);
  }
}
