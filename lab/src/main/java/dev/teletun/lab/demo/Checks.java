package dev.teletun.lab.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.teletun.lab.sandbox.Tools;
import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What the demonstration finds out, each with programs that know nothing of TeleTUN. */
final class Checks {
  private static final DualStack POD_B = LabNet.POD_CLUSTER;
  private static final int LAPTOP_PORT = 8080;
  private static final long CAP_NET_ADMIN = 1L << 12; // include/uapi/linux/capability.h
  private static final long RESTORED_WITHIN_MILLIS = 3000;

  /** 16 bytes, as many as ping repeats. */
  private static final String MARK = "TeleTUN-in-clear";

  private static final String MARK_HEX = HexFormat.of().formatHex(MARK.getBytes(US_ASCII));

  private final Lab lab;
  private final Host laptop;

  Checks(Lab lab) {
    this.lab = lab;
    this.laptop = lab.laptop();
  }

  Finding clusterIsOutOfReach() throws IOException {
    if (!Tools.has("curl")) {
      return needs("curl");
    }
    Run run = curl(laptop, LabNet.POD_WEB.v4());
    return Finding.that(!run.ok(), run.ok() ? run.stdout() : "refused by the router");
  }

  Finding laptopHasThePodsAddresses() throws IOException {
    String addresses = laptop.run("ip", "-brief", "address", "show").orThrow();
    String tunnel =
        addresses
            .lines()
            .filter(line -> line.contains(POD_B.v4() + "/"))
            .findFirst()
            .orElse("no interface has " + POD_B.v4());
    return Finding.that(
        tunnel.contains(POD_B.v6() + "/"), tunnel.replaceAll("\\s+", " ").replace(" UNKNOWN", ""));
  }

  Finding resolvesServiceName() throws IOException {
    return answer(LabNet.WEB_SERVICE.v4(), LabNet.WEB_NAME, "A");
  }

  Finding resolvesServiceNameOverTcp() throws IOException {
    return answer(LabNet.WEB_SERVICE.v6(), LabNet.WEB_NAME, "AAAA", "+tcp");
  }

  Finding outsideNamesStayWithTheirServers() throws IOException {
    Finding first = answer(LabNet.SPLIT_FIRST, LabNet.SPLIT_NAME, "A");
    Finding second =
        answer(LabNet.SPLIT_SECOND, LabNet.SPLIT_NAME, "A", "@" + LabNet.SECOND_NAME_SERVER.v4());
    return first.outcome() != Outcome.SHOWN
        ? first
        : new Finding(second.outcome(), first.detail() + " and " + second.detail());
  }

  /** The web service, over the family that {@code option} of curl chooses, -4 or -6. */
  Finding servesByName(String name, String option) throws IOException {
    DualStack seen = lab.seenByServices(POD_B);
    return serves("http://" + name + "/", option, option.equals("-4") ? seen.v4() : seen.v6());
  }

  Finding podSeesPodB() throws IOException {
    return serves("http://" + LabNet.POD_WEB.v4() + "/", "-4", POD_B.v4());
  }

  private Finding serves(String url, String option, String client) throws IOException {
    if (!Tools.has("curl")) {
      return needs("curl");
    }
    Run run = laptop.run("curl", option, "-sS", "--max-time", "5", url);
    return Finding.that(
        run.ok() && run.stdout().strip().endsWith("serves " + client), run.stdout() + run.stderr());
  }

  Finding answersPing(String address) throws IOException {
    if (!Tools.has("ping")) {
      return needs("iputils-ping");
    }
    Run run = laptop.run("ping", "-c3", "-i0.2", "-W2", address);
    return Finding.that(run.ok(), pingSummary(run));
  }

  /** From a pod to a web server on the laptop, at the pod's address. */
  Finding podReachesTheLaptop(String address) throws IOException {
    if (!Tools.has("curl")) {
      return needs("curl");
    }
    try (RunningProgram _ = lab.startWebServer(laptop, LAPTOP_PORT)) {
      Run run = curl(lab.web(), address + ":" + LAPTOP_PORT);
      return Finding.that(run.stdout().startsWith("laptop serves"), run.stdout() + run.stderr());
    }
  }

  /** While a recognisable ping passes the tunnel, the router must not see it. */
  Finding nothingInClear() throws IOException {
    if (!Tools.has("tcpdump") || !Tools.has("ping")) {
      return needs("tcpdump iputils-ping");
    }
    Path pcap = lab.directory().resolve("clear.pcap");
    try (var _ = lab.router().capture("lan0", pcap)) {
      laptop.run("ping", "-c2", "-i0.2", "-W2", "-p", MARK_HEX, LabNet.POD_WEB.v4()).orThrow();
      laptop.run("ping", "-c1", "-W2", LabNet.NODE.v4()).orThrow();
    }
    return inClear(Files.readAllBytes(pcap));
  }

  static Finding inClear(byte[] pcap) {
    String bytes = new String(pcap, ISO_8859_1);
    if (bytes.contains(MARK)) {
      return Finding.failed("the router saw the payload of a ping in the tunnel");
    }
    return Finding.that(
        contains(pcap, LabNet.NODE.v4()) && !contains(pcap, LabNet.POD_WEB.v4()),
        "%d bytes recorded on the router, none of them from inside".formatted(pcap.length));
  }

  Finding hasOnlyNetAdmin(RunningProgram serverCluster) throws IOException {
    long capabilities = Long.parseUnsignedLong(status(serverCluster, "CapEff"), 16);
    return Finding.that(capabilities == CAP_NET_ADMIN, "CapEff %016x".formatted(capabilities));
  }

  Finding hasNoCapability(RunningProgram serverExternal) throws IOException {
    long capabilities = Long.parseUnsignedLong(status(serverExternal, "CapEff"), 16);
    return Finding.that(capabilities == 0, "CapEff %016x".formatted(capabilities));
  }

  Finding isNobody(RunningProgram serverExternal, boolean hasNobody) throws IOException {
    if (!hasNobody) {
      return Finding.notShown(
          "this user namespace does not map the user nobody; with sudo it does");
    }
    String uid = status(serverExternal, "Uid").split("\\s+", -1)[0];
    return Finding.that(uid.equals(Integer.toString(Programs.NOBODY)), "uid " + uid);
  }

  /** The kernel may need a moment for the device of a killed process. */
  Finding isAsBefore(HostSnapshot before) throws IOException {
    long start = System.nanoTime();
    List<String> differences;
    long millis;
    do {
      differences = before.differences(HostSnapshot.of(laptop));
      millis = (System.nanoTime() - start) / 1_000_000;
    } while (!differences.isEmpty() && millis < RESTORED_WITHIN_MILLIS);
    return differences.isEmpty()
        ? Finding.shown("addresses, routes, rules, nftables, sysctls, resolv.conf")
        : Finding.failed(String.join("\n", differences));
  }

  Finding namesResolveAsBefore() throws IOException {
    return answer(LabNet.OUTSIDE.v4(), LabNet.OUTSIDE_NAME, "A");
  }

  Finding cleanupFindsNothing(String[] cleanup, HostSnapshot before) throws IOException {
    Run run = laptop.run(cleanup);
    return run.ok() ? isAsBefore(before) : Finding.failed(run.stdout() + run.stderr());
  }

  /** After the pair's death pod B answers for itself again. */
  Finding podIsItselfAgain() throws IOException {
    if (!Tools.has("ping")) {
      return needs("iputils-ping");
    }
    Run run = lab.web().run("ping", "-c1", "-W2", POD_B.v4());
    return Finding.that(run.ok(), pingSummary(run));
  }

  /** Average round trip time in milliseconds that ping measured, or what it said. */
  String roundTrip(String address) throws IOException {
    Run run = laptop.run("ping", "-c20", "-i0.02", "-W2", address);
    return pingSummary(run);
  }

  static String pingSummary(Run ping) {
    return ping.stdout()
        .lines()
        .filter(line -> line.startsWith("rtt "))
        .map(line -> line.replaceAll(".*= [\\d.]+/([\\d.]+)/.*", "$1 ms"))
        .findFirst()
        .orElse((ping.stdout() + ping.stderr()).strip().replaceAll("\\s*\n\\s*", " / "));
  }

  private Finding answer(String expected, String name, String type, String... more)
      throws IOException {
    if (!Tools.has("dig")) {
      return needs("bind9-dnsutils");
    }
    List<String> command =
        new ArrayList<>(List.of("dig", "+short", "+tries=2", "+timeout=2", name, type));
    command.addAll(List.of(more));
    String answer = laptop.run(command.toArray(String[]::new)).stdout().strip();
    return Finding.that(answer.equals(expected), name + " is " + answer);
  }

  private static Run curl(Host from, String to) throws IOException {
    return from.run("curl", "-sS", "--max-time", "5", "http://" + to + "/");
  }

  private static String status(RunningProgram program, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + program.pid() + "/status"))) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).strip();
      }
    }
    throw new IOException("no " + field + " in /proc/" + program.pid() + "/status");
  }

  /** Whether the four bytes of an IPv4 address are somewhere. */
  private static boolean contains(byte[] bytes, String address) {
    byte[] wanted = InetAddress.ofLiteral(address).getAddress();
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  private static Finding needs(String packages) {
    return Finding.notShown("needs " + packages);
  }
}
