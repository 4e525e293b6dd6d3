package dev.teletun.bench.dns;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What dnsperf saw of one name server.
 *
 * @param lost queries without an answer in five seconds, or with an error for one
 * @param p50 milliseconds until half of the answers were there
 * @param p99 milliseconds until 99 of 100 were there
 */
record Answers(long queries, long lost, double p50, double p99) {
  private static final int SOCKETS = 200;
  private static final int MOST_WAITING = 5_000;

  /** As a desktop asks: half of it names of the cluster. */
  private static final List<String> NAMES =
      List.of(
          LabNet.WEB_NAME + " A",
          LabNet.OUTSIDE_NAME + " A",
          LabNet.ECHO_NAME + " AAAA",
          LabNet.OUTSIDE_NAME + " AAAA",
          "_http._tcp." + LabNet.WEB_NAME + " SRV",
          LabNet.SPLIT_NAME + " A",
          LabNet.FAR_NAME + " A",
          "printer." + LabNet.LAN_DOMAIN + " A");

  /** Asks {@code server} from {@code host} at this rate, in queries per second. */
  static Answers of(Host host, String server, int rate, int seconds) throws IOException {
    Path names = Files.write(host.logs().resolve("names"), NAMES);
    Path said = host.logs().resolve("dnsperf.out");
    String line =
        "exec dnsperf -v -s %s -d %s -Q %d -l %d -c %d -q %d -t 5 >%s"
            .formatted(server, names, rate, seconds, SOCKETS, MOST_WAITING, said);
    host.run(Duration.ofSeconds(seconds + 30L), "sh", "-c", line).orThrow();
    try (Stream<String> lines = Files.lines(said)) {
      return parse(lines.filter(each -> each.startsWith("> ")).toList());
    }
  }

  /** Lines like {@code > NOERROR example.com A 0.000123} or {@code > T example.com A}. */
  static Answers parse(List<String> lines) {
    double[] millis =
        lines.stream()
            .filter(line -> line.startsWith("> NOERROR "))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))) * 1e3)
            .toArray();
    Arrays.sort(millis);
    return new Answers(
        lines.size(), lines.size() - millis.length, at(millis, 0.50), at(millis, 0.99));
  }

  private static double at(double[] sorted, double share) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (share * (sorted.length - 1))];
  }
}
