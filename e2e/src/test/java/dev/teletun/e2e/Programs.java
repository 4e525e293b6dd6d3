package dev.teletun.e2e;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.teletun.lab.api.PlayedCluster;
import dev.teletun.lab.sandbox.Sandbox;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A lab with TeleTUN's programs in it. server-external runs as another user without capabilities,
 * server-cluster as root with CAP_NET_ADMIN alone, as they do in a cluster.
 */
final class Programs implements Closeable {
  static final Duration LIMIT = Duration.ofSeconds(20);
  static final int EXTERNAL_UID = 65_534;

  private static final List<String> ROUTES =
      List.of(
          "-route=" + LabNet.PODS.v4(),
          "-route=" + LabNet.PODS.v6(),
          "-route=" + LabNet.SERVICES.v4(),
          "-route=" + LabNet.SERVICES.v6());

  private static final Pattern READY = Pattern.compile("^ready");
  static final Pattern CONNECTED = Pattern.compile("^connected as");

  /** What users run, unless the property teletun.program names another: one that is installed. */
  private static final List<String> LAUNCHER =
      List.of(
          Path.of(System.getProperty("teletun.program", "../teletun"))
              .toAbsolutePath()
              .normalize()
              .toString());

  private static final String FRAMES = "-frames";

  private final Lab lab;
  private final List<String> launcher;
  private final Path keys;
  private final Path sockfile;

  private Programs(Lab lab, List<String> launcher, Path keys, Path sockfile) {
    this.lab = lab;
    this.launcher = launcher;
    this.keys = keys;
    this.sockfile = sockfile;
  }

  /**
   * A lab with keys and a directory for the socket, and no program yet. Where only one uid is
   * mapped, the test that asks is skipped, and says so.
   */
  static Programs in(String prefix, LabOptions options) throws IOException {
    return in(prefix, options, LAUNCHER);
  }

  /** The same with another command line that starts our program. */
  static Programs in(String prefix, LabOptions options, List<String> launcher) throws IOException {
    assumeTwoUids();
    Lab lab = Lab.up(prefix, options);
    try {
      Path keys = Files.createDirectory(lab.directory().resolve("keys"));
      Path shared = Files.createDirectory(lab.directory().resolve("shared"));
      Files.setPosixFilePermissions(lab.directory(), fromString("rwxr-xr-x"));
      // The pair's group owns what is made there: what fsGroup does (design §6). The socket's own
      // directory is server-cluster's to make.
      Files.setAttribute(shared, "unix:gid", EXTERNAL_UID);
      Files.setAttribute(shared, "unix:mode", 02770);
      Programs programs = new Programs(lab, launcher, keys, shared.resolve("pair/socket"));
      lab.laptop().run(programs.teletun("keygen", "-directory=" + keys)).orThrow();
      Files.setAttribute(keys.resolve("server.key"), "unix:uid", EXTERNAL_UID);
      return programs;
    } catch (IOException | RuntimeException e) {
      lab.close();
      throw e;
    }
  }

  private static void assumeTwoUids() throws IOException {
    if (!Sandbox.mapsUid(EXTERNAL_UID)) {
      String why =
          "NOT SHOWN: the pair needs two uids, and uid %d is not mapped here. Run as root, or install uidmap and map a range of /etc/subuid"
              .formatted(EXTERNAL_UID);
      System.err.println(why); // Maven does not count what ends in @BeforeAll, nor show its message
      abort(why);
    }
  }

  /** Both servers, ready for a client. */
  static Programs servers(String prefix) throws IOException {
    return servers(prefix, LabOptions.DEFAULT);
  }

  private static Programs servers(String prefix, LabOptions options) throws IOException {
    Programs programs = in(prefix, options);
    try {
      programs.startCluster();
      programs.startExternal();
      return programs;
    } catch (IOException | RuntimeException e) {
      programs.close();
      throw e;
    }
  }

  /** All three programs, connected, with routes to pods and services of both families. */
  static Programs connected(String prefix, LabOptions options) throws IOException {
    Programs programs = servers(prefix, options);
    try {
      programs.connect();
      return programs;
    } catch (IOException | RuntimeException e) {
      programs.close();
      throw e;
    }
  }

  Lab lab() {
    return lab;
  }

  Path keys() {
    return keys;
  }

  Path sockfile() {
    return sockfile;
  }

  /** The command line of our program: the launcher, as users run it. */
  String[] teletun(String... arguments) {
    List<String> line = new ArrayList<>(launcher);
    line.addAll(List.of(arguments));
    return line.toArray(String[]::new);
  }

  /**
   * Starts server-cluster and waits until it listens. It hands its device over, unless the property
   * teletun.frames is true.
   */
  RunningProgram startCluster(String... more) throws IOException {
    return startClusterBy(List.of(), more);
  }

  /** The same through a command that changes something first, and then runs the words it gets. */
  RunningProgram startClusterBy(List<String> wrapper, String... more) throws IOException {
    List<String> line = new ArrayList<>(wrapper);
    line.addAll(List.of("setpriv", "--bounding-set=-all,+net_admin", "--inh-caps=-all,+net_admin"));
    line.addAll(
        List.of(teletun("server-cluster", "-sockfile=" + sockfile, "-peer-uid=" + EXTERNAL_UID)));
    line.addAll(List.of(more));
    if (Boolean.getBoolean("teletun.frames") && !line.contains(FRAMES)) {
      line.add(FRAMES);
    }
    RunningProgram cluster = lab.podCluster().start(line.toArray(String[]::new));
    cluster.awaitLine(READY, LIMIT);
    return cluster;
  }

  /** Starts server-external and waits until it listens. */
  RunningProgram startExternal(String... more) throws IOException {
    return startExternalAt(LabNet.EXTERNAL_PORT, sockfile, more);
  }

  /** The same for a pair of its own. */
  RunningProgram startExternalAt(int port, Path socket, String... more) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + EXTERNAL_UID,
                "--regid=" + EXTERNAL_UID,
                "--clear-groups",
                "--bounding-set=-all"));
    line.addAll(
        List.of(
            teletun(
                "server-external",
                "-port=" + port,
                "-server-pubkey=" + keys.resolve("server.pub"),
                "-server-privkey=" + keys.resolve("server.key"),
                "-client-pubkey=" + keys.resolve("client.pub"),
                "-sockfile=" + socket)));
    line.addAll(List.of(more));
    RunningProgram external = lab.podExternal().start(line.toArray(String[]::new));
    external.awaitLine(READY, LIMIT);
    return external;
  }

  /** An API server on the node that says the lab's prefixes. */
  PlayedCluster playCluster() throws IOException {
    PlayedCluster cluster = PlayedCluster.in(lab.node().pid(), LabNet.NODE.v4());
    cluster.serviceCidrs(LabNet.SERVICES.v4(), LabNet.SERVICES.v6());
    cluster.node("lab-node", LabNet.PODS.v4(), LabNet.PODS.v6());
    return cluster;
  }

  /** Starts the client on the laptop without waiting. */
  RunningProgram startClient(String... more) throws IOException {
    return startClientOn(lab.laptop(), more);
  }

  /** Starts the client with routes to pods and services, and waits until it is connected. */
  RunningProgram connect(String... more) throws IOException {
    RunningProgram client = startClient(more);
    client.awaitLine(CONNECTED, LIMIT);
    return client;
  }

  /** Starts the client on that host, which sees the laptop's network, without waiting. */
  RunningProgram startClientOn(Host host, String... more) throws IOException {
    List<String> line = new ArrayList<>(ROUTES);
    line.addAll(List.of(more));
    return host.start(clientCommand(line.toArray(String[]::new)));
  }

  /** Starts a client without the routes to pods and services, and waits until it is connected. */
  RunningProgram connectWith(String... options) throws IOException {
    RunningProgram client = lab.laptop().start(clientCommand(options));
    client.awaitLine(CONNECTED, LIMIT);
    return client;
  }

  /** The client's whole command line. */
  String[] clientCommand() {
    return clientCommand(ROUTES.toArray(String[]::new));
  }

  /**
   * The same with other options than the routes to pods and services. Everything is exposed, unless
   * the options say what is.
   */
  String[] clientCommand(String... more) {
    List<String> line = new ArrayList<>();
    if (Arrays.stream(more).noneMatch(word -> word.startsWith("-expose="))) {
      line.add("-expose=all");
    }
    line.add("-address=" + LabNet.NODE.v4());
    line.add("-port=" + LabNet.NODE_PORT);
    line.addAll(List.of(more));
    return bareClientCommand(line.toArray(String[]::new));
  }

  /** The same with keys alone: not even where to find the server. */
  String[] bareClientCommand(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "client",
                "-server-pubkey=" + keys.resolve("server.pub"),
                "-client-pubkey=" + keys.resolve("client.pub"),
                "-client-privkey=" + keys.resolve("client.key")));
    line.addAll(List.of(more));
    return teletun(line.toArray(String[]::new));
  }

  Host laptop() {
    return lab.laptop();
  }

  /** What a host's stack received from its TUN device: all that we wrote to it. */
  static long packetsWritten(Host host) throws IOException {
    return Long.parseLong(
        host.run("cat", "/sys/class/net/tel0/statistics/rx_packets").orThrow().strip());
  }

  /** Datagrams that a host's programs took from their sockets. */
  static long datagramsReceived(Host host) throws IOException {
    String udp =
        host.run("cat", "/proc/net/snmp")
            .orThrow()
            .lines()
            .filter(line -> line.matches("Udp: \\d.*"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(udp.split(" ", -1)[1]);
  }

  /** What a client must leave as it was. */
  HostSnapshot laptopNow() throws IOException {
    return HostSnapshot.of(lab.laptop());
  }

  @Override
  public void close() throws IOException {
    lab.close();
  }
}
