package dev.teletun.e2e;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A lab whose cluster has a CoreDNS for its DNS, and whose laptop has a dnsmasq of its LAN; the two
 * servers run, a client not yet.
 */
final class SplitNames implements Closeable {
  private static final String POD_RESOLV_CONF =
      "search default.svc.cluster.local svc.cluster.local cluster.local\\nnameserver %s\\noptions ndots:5"
          .formatted(CoreDns.ADDRESS.v4());

  private final Programs programs;
  private final CoreDns coreDns;
  private RunningProgram external;

  private SplitNames(Programs programs, CoreDns coreDns, RunningProgram external) {
    this.programs = programs;
    this.coreDns = coreDns;
    this.external = external;
  }

  /** Builds it. */
  static SplitNames in(String prefix) throws IOException {
    Programs programs = Programs.in(prefix, LabOptions.DEFAULT);
    try {
      HomeDns.start(programs.lab().router());
      CoreDns coreDns = CoreDns.start(programs.lab().echo());
      programs
          .lab()
          .podCluster()
          .shell("printf '%s\\n' >/etc/resolv.conf".formatted(POD_RESOLV_CONF))
          .orThrow();
      resolvConf(programs.laptop(), HomeDns.ADDRESS);
      programs.startCluster();
      return new SplitNames(programs, coreDns, programs.startExternal());
    } catch (IOException | RuntimeException e) {
      programs.close();
      throw e;
    }
  }

  /** Names the laptop's only name server. */
  static void resolvConf(Host laptop, String server) throws IOException {
    laptop
        .shell(
            "printf 'search %s\\nnameserver %s\\n' >/etc/resolv.conf"
                .formatted(LabNet.LAN_DOMAIN, server))
        .orThrow();
  }

  Programs programs() {
    return programs;
  }

  Host laptop() {
    return programs.laptop();
  }

  /** A pod that asks the cluster's DNS directly. */
  Host pod() {
    return programs.lab().web();
  }

  CoreDns coreDns() {
    return coreDns;
  }

  /** Connects to the server by its name. */
  RunningProgram connectByName(String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of("-address=" + HomeDns.SERVER));
    line.add("-port=" + LabNet.NODE_PORT);
    line.addAll(List.of(options));
    RunningProgram client = laptop().start(programs.bareClientCommand(line.toArray(String[]::new)));
    client.awaitLine(Pattern.compile("^connected as"), Programs.LIMIT);
    return client;
  }

  /** Ends server-external without a word, and starts it again. */
  void restartExternal() throws IOException {
    external.kill();
    external = programs.startExternal();
  }

  @Override
  public void close() throws IOException {
    programs.close();
  }
}
