package dev.teletun.lab.topology;

import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A laptop behind a NAT router, and a Kubernetes node with its pods, dual stack; {@link LabNet} has
 * the addresses.
 *
 * <p>The laptop reaches the node and its node port, and nothing of the cluster. Needs the rights of
 * root, in a user namespace at least, and iproute2, util-linux, nft, dnsmasq, python3; iperf3 if
 * wanted. Any thread may use it.
 */
public final class Lab implements Closeable {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Pattern DELAYING = Pattern.compile("^ready");
  private static final int LONGEST_PREFIX = 5;
  private static final List<String> POD_NAMES =
      List.of("pod-external", "pod-cluster", "dns", "web", "web2", "echo");

  private final Path directory;
  private final Map<String, Host> hosts;
  private final CloseStack resources;
  private final Thread atExit;
  private boolean servicesSeePods;

  private Lab(Path directory, Map<String, Host> hosts, CloseStack resources) {
    this.directory = directory;
    this.hosts = hosts;
    this.resources = resources;
    this.atExit = new Thread(this::closeAtExit, "lab-at-exit");
  }

  /** A lab as most want it. */
  public static Lab up(String prefix) throws IOException {
    return up(prefix, LabOptions.DEFAULT);
  }

  /**
   * Builds a lab and waits until everything in it answers; removes what a dead one of the same
   * prefix left.
   *
   * @param prefix of the namespaces' names, at most 5 letters and digits, so that several labs live
   *     side by side
   * @throws IOException if the machine refuses; then nothing is left
   */
  public static Lab up(String prefix, LabOptions options) throws IOException {
    if (!prefix.matches("[a-z0-9]{1," + LONGEST_PREFIX + "}")) {
      throw new IllegalArgumentException(
          "prefix \"%s\": use 1 to %d small letters and digits".formatted(prefix, LONGEST_PREFIX));
    }
    Leftovers.remove(prefix);
    try (CloseStack onFailure = new CloseStack()) {
      Path directory = Leftovers.newDirectory(prefix);
      onFailure.own(() -> Leftovers.deleteTree(directory));
      Map<String, Host> hosts = startHosts(prefix, directory, onFailure);
      Lab lab = new Lab(directory, hosts, onFailure.handOver());
      try {
        lab.build(options);
        Runtime.getRuntime().addShutdownHook(lab.atExit);
        return lab;
      } catch (IOException | RuntimeException e) {
        try (lab) {
          throw e;
        }
      }
    }
  }

  /** The machine that becomes a pod. Its eth0 is on the LAN. */
  public Host laptop() {
    return host("laptop");
  }

  /** NAT between LAN (lan0) and WAN (wan0), and the LAN's name servers. */
  public Host router() {
    return host("router");
  }

  /** The Kubernetes node: eth0 on the WAN, bridge cni0, kube-proxy's rules. */
  public Host node() {
    return host("node");
  }

  /** Pod A, for server-external. */
  public Host podExternal() {
    return host("pod-external");
  }

  /** Pod B, for server-cluster. */
  public Host podCluster() {
    return host("pod-cluster");
  }

  /** The pod with the cluster's DNS. */
  public Host dns() {
    return host("dns");
  }

  /**
   * Where the cluster's DNS finds more names: files in the format of hosts(5), which it reads as
   * soon as they come, change or go.
   */
  public Path clusterRecords() {
    return NameServers.records(dns());
  }

  /** A pod with a web server. */
  public Host web() {
    return host("web");
  }

  /** The second pod behind the web service. */
  public Host web2() {
    return host("web2");
  }

  /** The pod with echo and iperf3. */
  public Host echo() {
    return host("echo");
  }

  /** All hosts, in the order in which they were made. */
  public Iterable<Host> hosts() {
    return hosts.values();
  }

  /**
   * Gives the laptop a second link (eth1), which is down, to the router (lan1). Each of the two
   * networks lets no packet with an IPv4 address of the other out (RFC 2827), as two providers
   * would not. To be called once.
   */
  public void addSecondLan() throws IOException {
    new Wiring(LabOptions.DEFAULT).secondLan(laptop(), router());
  }

  /**
   * Starts the web server of the lab's pods in any host: {@code GET /} says who serves whom, {@code
   * GET /bytes/N} and {@code /sha256/N} give N bytes and their sum, {@code PUT} answers the sum of
   * what came. Returns once it listens.
   */
  public RunningProgram startWebServer(Host host, int port) throws IOException {
    RunningProgram server = Services.web(host, port);
    await(() -> host.listens(port), () -> "the web server of %s does not listen".formatted(host));
    return server;
  }

  /**
   * From now on each IPv4 packet from the laptop to elsewhere takes so much longer, and with it
   * each round trip.
   */
  public void delay(Duration by) throws IOException {
    RunningProgram delaying = Services.delay(router(), by);
    delaying.awaitLine(DELAYING, LIMIT);
  }

  /**
   * The addresses that a server behind a service address sees when {@code pod} asks: the pod's, as
   * with kube-proxy, or the node's where the kernel has no br_netfilter loaded.
   */
  public DualStack seenByServices(DualStack pod) {
    return servicesSeePods ? pod : LabNet.GATEWAY;
  }

  /**
   * A directory for files of the lab, the same path in every host, for instance keys and the socket
   * between the pods. It goes with the lab.
   */
  public Path directory() {
    return directory;
  }

  /** Ends all programs and removes everything. Twice is once. */
  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException _) {
      // The JVM is ending.
    }
    closeResources();
  }

  private synchronized void closeResources() throws IOException {
    resources.close();
  }

  private void closeAtExit() {
    try {
      closeResources();
    } catch (IOException e) {
      System.err.println("lab: " + e.getMessage());
    }
  }

  private Host host(String name) {
    Host host = hosts.get(name);
    if (host == null) {
      throw new IllegalStateException("no host " + name);
    }
    return host;
  }

  private static Map<String, Host> startHosts(String prefix, Path directory, CloseStack owner)
      throws IOException {
    Map<String, HostRole> roles = new LinkedHashMap<>();
    roles.put("laptop", HostRole.LAPTOP);
    roles.put("router", HostRole.ROUTER);
    roles.put("node", HostRole.NODE);
    for (String pod : POD_NAMES) {
      roles.put(pod, HostRole.POD);
    }
    Map<String, HostProcess> processes = new LinkedHashMap<>();
    owner.own(() -> processes.values().forEach(HostProcess::kill)); // all at once, before waiting
    for (var role : roles.entrySet()) {
      String name = role.getKey();
      HostProcess process =
          HostProcess.start(
              name,
              role.getValue(),
              prefix + "-" + name,
              directory.resolve(name),
              NameServers.etc(role.getValue()));
      processes.put(name, owner.own(process));
    }
    Map<String, Host> hosts = new LinkedHashMap<>();
    for (var process : processes.entrySet()) {
      String name = process.getKey();
      Path logs = Files.createDirectories(directory.resolve(name).resolve("log"));
      long pid = process.getValue().awaitReady();
      hosts.put(name, new Host(name, prefix + "-" + name, pid, logs));
    }
    return hosts;
  }

  private void build(LabOptions options) throws IOException {
    Map<Host, DualStack> pods = new LinkedHashMap<>();
    pods.put(podExternal(), LabNet.POD_EXTERNAL);
    pods.put(podCluster(), LabNet.POD_CLUSTER);
    pods.put(dns(), LabNet.POD_DNS);
    pods.put(web(), LabNet.POD_WEB);
    pods.put(web2(), LabNet.POD_WEB2);
    pods.put(echo(), LabNet.POD_ECHO);
    new Wiring(options).connect(laptop(), router(), node(), pods);
    servicesSeePods = Rules.apply(router(), node(), options.bridgeFilter());
    awaitLinks();
    if (options.services()) {
      NameServers.start(router(), dns());
      Services.start(web(), web2(), echo());
      awaitServices();
    }
  }

  /** The kernel finishes links in its own time; a snapshot taken before would differ from later. */
  private void awaitLinks() throws IOException {
    for (Host host : hosts.values()) {
      int links = host == node() ? 2 + POD_NAMES.size() : host == router() ? 2 : 1;
      await(() -> host.isLinked(links), () -> "the links of %s do not come up".formatted(host));
    }
  }

  private void awaitServices() throws IOException {
    Map<Host, Integer> expected =
        Map.of(
            router(), 53,
            dns(), 53,
            web(), LabNet.WEB_PORT,
            web2(), LabNet.WEB_PORT,
            echo(), LabNet.ECHO_PORT);
    for (var each : expected.entrySet()) {
      await(
          () -> each.getKey().listens(each.getValue()),
          () ->
              "nothing listens on port %d of %s: see %s"
                  .formatted(each.getValue(), each.getKey(), each.getKey().logs()));
    }
  }

  private static void await(Condition condition, Supplier<String> otherwise) throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(otherwise.get() + " after " + LIMIT.toSeconds() + " s");
      }
      RunningProgram.pause();
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }
}
