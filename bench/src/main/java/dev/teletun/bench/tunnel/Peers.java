package dev.teletun.bench.tunnel;

import dev.teletun.bench.field.ServerCommand;
import dev.teletun.lab.demo.Programs;
import dev.teletun.lab.sandbox.Sandbox;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Brings each tunnel up in a lab of its own, so that all can stay up and be measured in turns.
 * Every one leads from the laptop through NAT router and node port into a pod, and on to the echo
 * pod.
 */
public final class Peers {
  public static final String TELETUN = "teletun";
  public static final String FRAMES = "teletun -frames"; // without the device handed over
  public static final String BEFORE = "before"; // TeleTUN of another checkout
  public static final String WIREGUARD = "wireguard-go";
  public static final String OPENVPN = "openvpn";
  public static final String OCSERV = "ocserv";
  public static final String BARE = "bare veth";

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String INSIDE = "10.99.0.0/24";
  private static final String LAPTOP_INSIDE = "10.99.0.1";
  private static final String POD_INSIDE = "10.99.0.2";
  private static final int NODE_PORT = 30_666; // the lab's own node port leads to pod A

  /** What openconnect runs for each change; all it says is in the environment. */
  private static final String OPENCONNECT_SCRIPT =
      """
      [ "$reason" = connect ] || exit 0
      ip link set "$TUNDEV" mtu "$INTERNAL_IP4_MTU" up
      ip address add "$INTERNAL_IP4_ADDRESS/24" dev "$TUNDEV"
      """;

  /** Largest packet inside, so that no datagram is fragmented: pod MTU 1450 − 60 (wg over IPv4). */
  private static final String MTU = "1390";

  private Peers() {}

  /**
   * The tunnel of this name.
   *
   * @param teletun starts TeleTUN, by the launcher's argument file
   * @param wireguard wireguard-go's program
   * @throws IOException also if there is none of that name; {@link #BEFORE} is the caller's
   */
  public static Tunnel bringUp(String name, Lab lab, List<String> teletun, String wireguard)
      throws IOException {
    return switch (name) {
      case TELETUN -> teletun(name, lab, teletun);
      case FRAMES -> teletun(name, lab, teletun, "-frames");
      case WIREGUARD -> wireguard(lab, wireguard);
      case OPENVPN -> openvpn(lab);
      case OCSERV -> ocserv(lab);
      case BARE -> bare(lab);
      default -> throw new IOException("no tunnel is called " + name);
    };
  }

  /**
   * TeleTUN's three programs.
   *
   * @param command starts it, by the launcher's argument file
   * @param clusterOptions more options of server-cluster
   */
  public static Tunnel teletun(String name, Lab lab, List<String> command, String... clusterOptions)
      throws IOException {
    Programs programs =
        new Programs(lab, command, ServerCommand.of(command), Sandbox.mapsUid(Programs.NOBODY));
    programs.makeKeys();
    Map<String, RunningProgram> running = new LinkedHashMap<>();
    running.put("server-cluster", programs.serverCluster(clusterOptions));
    running.put("server-external", programs.serverExternal());
    running.put("client", programs.client());
    return new Tunnel(name, lab.laptop(), LabNet.POD_ECHO.v4(), LabNet.IPERF_PORT, running);
  }

  /** wireguard-go on the laptop and in pod B, which forwards. */
  public static Tunnel wireguard(Lab lab, String program) throws IOException {
    Map<String, RunningProgram> running = new LinkedHashMap<>();
    running.put("pod", wireguardIn(lab.podCluster(), program));
    running.put("laptop", wireguardIn(lab.laptop(), program));
    String laptopKey = wireguardKey(lab.laptop());
    String podKey = wireguardKey(lab.podCluster());
    openToPod(lab, LabNet.EXTERNAL_PORT);
    lab.podCluster()
        .shell(
            "wg set wg0 listen-port %d private-key /run/wg.key peer %s allowed-ips %s/32"
                .formatted(LabNet.EXTERNAL_PORT, laptopKey, LAPTOP_INSIDE))
        .orThrow();
    lab.laptop()
        .shell(
            "wg set wg0 private-key /run/wg.key peer %s allowed-ips 0.0.0.0/0 endpoint %s:%d"
                .formatted(podKey, LabNet.NODE.v4(), NODE_PORT))
        .orThrow();
    link(lab.podCluster(), "ip address add %s/24 dev wg0".formatted(POD_INSIDE), "wg0");
    link(lab.laptop(), "ip address add %s/24 dev wg0".formatted(LAPTOP_INSIDE), "wg0");
    route(lab, "wg0");
    return new Tunnel(WIREGUARD, lab.laptop(), LabNet.POD_ECHO.v4(), LabNet.IPERF_PORT, running);
  }

  /** OpenVPN over UDP without its kernel module, on the laptop and in pod B, which forwards. */
  public static Tunnel openvpn(Lab lab) throws IOException {
    String pod = certificate(lab.podCluster());
    String laptop = certificate(lab.laptop());
    openToPod(lab, LabNet.EXTERNAL_PORT);
    Map<String, RunningProgram> running = new LinkedHashMap<>();
    List<String> server = openvpnCommand(POD_INSIDE, LAPTOP_INSIDE, laptop);
    server.addAll(List.of("--tls-server", "--dh", "none", "--port", "" + LabNet.EXTERNAL_PORT));
    running.put("pod", lab.podCluster().start(server.toArray(String[]::new)));
    List<String> client = openvpnCommand(LAPTOP_INSIDE, POD_INSIDE, pod);
    client.addAll(
        List.of("--tls-client", "--nobind", "--remote", LabNet.NODE.v4(), "" + NODE_PORT));
    RunningProgram onLaptop = lab.laptop().start(client.toArray(String[]::new));
    running.put("laptop", onLaptop);
    onLaptop.awaitLine(Pattern.compile("Initialization Sequence Completed"), LIMIT);
    route(lab, "tun0");
    return new Tunnel(OPENVPN, lab.laptop(), LabNet.POD_ECHO.v4(), LabNet.IPERF_PORT, running);
  }

  /** ocserv in pod B, which forwards, and openconnect on the laptop: DTLS, as ours. */
  public static Tunnel ocserv(Lab lab) throws IOException {
    certificate(lab.podCluster());
    openToPod(lab, NODE_PORT); // it tells clients its own port
    Host pod = lab.podCluster();
    pod.runWithInput(
            """
            auth = "plain[passwd=/run/ocpasswd]"
            tcp-port = %1$d
            udp-port = %1$d
            socket-file = /run/ocserv.sock
            pid-file = /run/ocserv.pid
            server-cert = /run/bench.crt
            server-key = /run/bench.key
            isolate-workers = false
            max-clients = 4
            keepalive = 32400
            dpd = 3600
            mobile-dpd = 3600
            try-mtu-discovery = false
            device = vpns
            ipv4-network = 10.99.0.0
            ipv4-netmask = 255.255.255.0
            route = 10.244.0.7/255.255.255.255
            """
                .formatted(NODE_PORT),
            "tee",
            "/run/ocserv.conf")
        .orThrow();
    pod.runWithInput("bench\nbench\n", "ocpasswd", "-c", "/run/ocpasswd", "bench").orThrow();
    Map<String, RunningProgram> running = new LinkedHashMap<>();
    running.put("pod", pod.start("ocserv", "-f", "-c", "/run/ocserv.conf"));
    awaitListening(pod);
    String pin =
        pod.shell(
                "openssl x509 -in /run/bench.crt -pubkey -noout | openssl pkey -pubin -outform der"
                    + " | openssl dgst -sha256 -binary | base64")
            .orThrow()
            .strip();
    lab.laptop().runWithInput(OPENCONNECT_SCRIPT, "tee", "/run/openconnect-script").orThrow();
    RunningProgram client =
        lab.laptop()
            .start(
                "sh",
                "-c",
                ("echo bench >/run/password; exec openconnect </run/password --passwd-on-stdin"
                        + " --non-inter --user=bench --base-mtu=1450 --servercert=pin-sha256:%s"
                        + " --script='sh /run/openconnect-script' https://%s:%d")
                    .formatted(pin, LabNet.NODE.v4(), NODE_PORT));
    running.put("laptop", client);
    client.awaitLine(Pattern.compile("and DTLS (connected|established)"), LIMIT);
    route(lab, "tun0");
    return new Tunnel(OCSERV, lab.laptop(), LabNet.POD_ECHO.v4(), LabNet.IPERF_PORT, running);
  }

  private static void awaitListening(Host pod) throws IOException {
    pod.shell(
            "for i in $(seq 200); do ss -Hltn sport = :%d | grep -q . && exit; sleep 0.02; done; exit 1"
                .formatted(NODE_PORT))
        .orThrow();
  }

  /** No tunnel: iperf3 in pod A by the node port. */
  public static Tunnel bare(Lab lab) throws IOException {
    lab.podExternal().start("iperf3", "-s", "-p", "" + LabNet.EXTERNAL_PORT);
    return new Tunnel(BARE, lab.laptop(), LabNet.NODE.v4(), LabNet.NODE_PORT, Map.of());
  }

  private static RunningProgram wireguardIn(Host host, String program) throws IOException {
    RunningProgram running = host.start(program, "-f", "wg0");
    host.shell("for i in $(seq 200); do wg show wg0 && exit; sleep 0.02; done; exit 1").orThrow();
    return running;
  }

  /** Makes a private key in the host's own /run and returns the public one. */
  private static String wireguardKey(Host host) throws IOException {
    return host.shell("umask 077; wg genkey >/run/wg.key && wg pubkey </run/wg.key")
        .orThrow()
        .strip();
  }

  /** Makes a certificate in the host's own /run and returns its fingerprint. */
  private static String certificate(Host host) throws IOException {
    host.shell(
            "umask 077; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
                + " -subj /CN=bench -days 2 -keyout /run/bench.key -out /run/bench.crt")
        .orThrow();
    return host.shell("openssl x509 -in /run/bench.crt -noout -fingerprint -sha256 | sed 's/.*=//'")
        .orThrow()
        .strip();
  }

  private static List<String> openvpnCommand(String own, String other, String fingerprint) {
    return new ArrayList<>(
        List.of(
            "openvpn --dev tun0 --proto udp4 --tun-mtu %s --disable-dco --cipher AES-256-GCM"
                .concat(" --data-ciphers AES-256-GCM --cert /run/bench.crt --key /run/bench.key")
                .concat(" --ifconfig %s %s --peer-fingerprint %s")
                .formatted(MTU, own, other, fingerprint)
                .split(" ", -1)));
  }

  /** A node port, UDP and TCP, to pod B. */
  private static void openToPod(Lab lab, int port) throws IOException {
    lab.node()
        .runWithInput(
            """
            table ip bench {
              chain prerouting {
                type nat hook prerouting priority dstnat - 5
                ip daddr %s meta l4proto { tcp, udp } th dport %d meta mark set 0x4000 dnat to %s:%d
              }
            }
            """
                .formatted(LabNet.NODE.v4(), NODE_PORT, LabNet.POD_CLUSTER.v4(), port),
            "nft",
            "-f",
            "-")
        .orThrow();
    forward(lab.podCluster());
  }

  /** A pod may not write to its /proc/sys, so we do, who see it writable. */
  private static void forward(Host pod) throws IOException {
    List<String> line = new ArrayList<>(List.of("nsenter", "--target=" + pod.pid(), "--net", "--"));
    line.addAll(List.of("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"));
    Process process = new ProcessBuilder(line).inheritIO().start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("cannot switch on forwarding in " + pod);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void link(Host host, String address, String device) throws IOException {
    host.shell("%s && ip link set %s mtu %s up".formatted(address, device, MTU)).orThrow();
  }

  /** To the echo pod through the tunnel, and back, without NAT: the cheapest for the peer. */
  private static void route(Lab lab, String device) throws IOException {
    lab.laptop().shell("ip route add %s dev %s".formatted(LabNet.POD_ECHO.v4(), device)).orThrow();
    lab.echo().shell("ip route add %s via %s".formatted(INSIDE, LabNet.POD_CLUSTER.v4())).orThrow();
  }
}
