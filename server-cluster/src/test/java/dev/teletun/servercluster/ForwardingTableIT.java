package dev.teletun.servercluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.linux.nft.Nftables;
import dev.teletun.linux.port.TunPort;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.linux.tun.Tun;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.packet.Verdict;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pod and its node, joined by a veth; the kernel is the oracle. */
@Tag("netns")
@Timeout(60)
class ForwardingTableIT {
  private static final String P = "10.9.1.7";
  private static final String NODE = "10.9.1.1";
  private static final String P6 = "fd09:1::7";
  private static final String NODE6 = "fd09:1::1";
  private static final String NAME_SERVER = "169.254.20.10";
  private static final int PORT = 5_000;
  private static final int KEPT = 9_090;
  private static final int HEADERS = 28; // IPv4 and UDP

  private final CloseStack owned = new CloseStack();
  private final String suffix = "%d".formatted(ProcessHandle.current().pid());
  private final FrameBatch batch = new FrameBatch(4 * FrameBatch.LARGEST_FRAME);
  private NetworkNamespace pod;
  private NetworkNamespace node;
  private TunPort tun;
  private PodTakeover takeover;

  @BeforeEach
  void wire() throws IOException {
    pod = namespace("fwtp" + suffix);
    node = namespace("fwtn" + suffix);
    ip(
        "-n",
        "fwtp" + suffix,
        "link",
        "add",
        "eth0",
        "type",
        "veth",
        "peer",
        "name",
        "veth0",
        "netns",
        "fwtn" + suffix);
    for (String family : List.of(P + "/24", P6 + "/64")) {
      ip("-n", "fwtp" + suffix, "address", "add", family, "dev", "eth0", "nodad");
    }
    for (String family : List.of(NODE + "/24", NODE6 + "/64")) {
      ip("-n", "fwtn" + suffix, "address", "add", family, "dev", "veth0", "nodad");
    }
    ip("-n", "fwtp" + suffix, "link", "set", "eth0", "up");
    ip("-n", "fwtn" + suffix, "link", "set", "veth0", "up");
    ip("-n", "fwtp" + suffix, "route", "add", "default", "via", NODE);
    ip("-n", "fwtp" + suffix, "-6", "route", "add", "default", "via", NODE6);
    Tun device = pod.call(() -> Tun.open("tel%d"));
    tun = owned.own(new TunPort(device));
    ip("-n", "fwtp" + suffix, "link", "set", device.name(), "up");
    takeover =
        owned.own(
            pod.call(() ->
                new PodTakeover(
                    Nftables.open(), RouteSocket.open(), Optional.empty(), device, Set.of(KEPT))));
  }

  @AfterEach
  void unwire() throws IOException {
    owned.close();
  }

  @Test
  void givesWhatIsForThePodToTheTunAndNothingToThePod() throws Exception {
    DatagramSocket inPod = pod.call(() -> bound(P, PORT));
    DatagramSocket inNode = node.call(() -> bound(NODE, 0));
    try (inPod;
        inNode) {
      inNode.send(datagram("before", P, PORT));
      assertThat(received(inPod)).isEqualTo("before");

      begin();
      inNode.send(datagram("during", P, PORT));
      assertThat(fromTun()).isEqualTo("during");
      assertNothingComes(inPod);

      end();
      inNode.send(datagram("after", P, PORT));
      assertThat(received(inPod)).isEqualTo("after");
    }
  }

  @Test
  void leavesAKeptPortToThePod() throws Exception {
    DatagramSocket inPod = pod.call(() -> bound(P, KEPT));
    DatagramSocket inNode = node.call(() -> bound(NODE, 0));
    try (inPod;
        inNode) {
      begin();
      inNode.send(datagram("kept", P, KEPT));

      assertThat(received(inPod)).isEqualTo("kept");
    }
  }

  @ParameterizedTest
  @CsvSource({P + "," + NODE, P6 + "," + NODE6})
  void leavesEveryFragmentForAKeptPortToThePod(String p, String from) throws Exception {
    DatagramSocket inPod = pod.call(() -> bound(p, KEPT));
    DatagramSocket inNode = node.call(() -> bound(from, 0));
    try (inPod;
        inNode) {
      begin();
      String large = "many fragments ".repeat(500);
      inNode.send(datagram(large, p, KEPT));

      assertThat(received(inPod)).isEqualTo(large);
    }
  }

  @ParameterizedTest
  @CsvSource({P + "," + NODE, P6 + "," + NODE6})
  void leavesErrorsAboutWhatThePodSentFromAKeptPortToThePod(String p, String to) throws Exception {
    DatagramSocket inPod = pod.call(() -> bound(p, KEPT));
    try (inPod) {
      begin();
      inPod.connect(InetAddress.ofLiteral(to), PORT); // where nobody listens
      inPod.send(new DatagramPacket(new byte[1], 1));

      assertThatExceptionOfType(PortUnreachableException.class).isThrownBy(() -> received(inPod));
    }
  }

  @Test
  void letsNoOtherSourceOutOfTheTun() throws Exception {
    DatagramSocket inNode = node.call(() -> bound(NODE, PORT));
    try (inNode) {
      begin();
      intoTun(packet("10.9.1.8", 7, "spoofed"));
      intoTun(packet(P, KEPT, "from a kept port"));
      intoTun(packet(P, 7, "the client's"));

      assertThat(received(inNode)).isEqualTo("the client's");
      assertNothingComes(inNode);
    }
  }

  /** Whoever holds the device could write to anybody; frames are judged by the same rules. */
  @ParameterizedTest
  @CsvSource({
    "10.9.1.1,        5000, true",
    "192.0.2.1,       5000, true",
    "0.1.2.3,         5000, false",
    "127.0.0.1,       5000, false",
    "169.254.169.254, 80,   false",
    "169.254.169.254, 53,   false",
    "169.254.20.10,   53,   true",
    "169.254.20.10,   80,   false",
    "224.0.0.1,       5000, false",
    "239.255.255.255, 5000, false",
    "240.0.0.1,       5000, true",
    "255.255.255.255, 5000, false",
    "fd09:1::1,       5000, true",
    "2001:db8::1,     5000, true",
    "::1,             5000, false",
    "::7f00:1,        5000, false",
    "fe80::1,         5000, false",
    "ff02::1,         5000, false",
    "fd00:ec2::254,   80,   false",
    "fd00:ec2::255,   80,   true",
    "fd20:ce::254,    80,   false",
    "64:ff9b::a9fe:a9fe, 80, false",
    "64:ff9b::7f00:1, 5000, false",
    "64:ff9b::e000:1, 5000, false",
    "64:ff9b::ffff:ffff, 5000, false",
    "64:ff9b::1,      5000, false",
    "64:ff9b::c000:201, 5000, true",
  })
  void keepsTheClientFromWhomItMayNotReach(String to, int port, boolean allowed) throws Exception {
    InetAddress destination = InetAddress.ofLiteral(to);
    String p = destination instanceof Inet4Address ? P : P6;
    byte[] packet = packet(InetAddress.ofLiteral(p), 7, destination, port, "hello");
    InnerFilter filter =
        new InnerFilter(
            List.of(InetAddress.ofLiteral(P), InetAddress.ofLiteral(P6)),
            Set.of(InetAddress.ofLiteral(NAME_SERVER)));
    assertThat(filter.outbound(packet, 0, packet.length))
        .isEqualTo(allowed ? Verdict.PASS : Verdict.FORBIDDEN_DESTINATION);
    assertThat(comesToTheNode(packet)).isEqualTo(allowed);
  }

  /** RFC 7126 §4.3, RFC 5095. */
  @ParameterizedTest
  @CsvSource({"10.9.1.7, 10.9.1.1", "fd09:1::7, fd09:1::1"})
  void keepsSourceRoutesIn(String from, String to) throws Exception {
    InetAddress p = InetAddress.ofLiteral(from);
    byte[] packet = sourceRouted(p, InetAddress.ofLiteral(to));
    InnerFilter filter = new InnerFilter(List.of(p), Set.of());
    assertThat(filter.outbound(packet, 0, packet.length)).isEqualTo(Verdict.FORBIDDEN_DESTINATION);

    assertThat(comesToTheNode(packet)).isFalse();
  }

  /** For a packet of UDP from port 7; what is written after it has come by then. */
  private boolean comesToTheNode(byte[] packet) throws Exception {
    begin();
    countAtTheNode(7, 8);

    intoTun(packet);
    boolean v4 = packet[0] >> 4 == 4;
    intoTun(
        packet(
            InetAddress.ofLiteral(v4 ? P : P6),
            8,
            InetAddress.ofLiteral(v4 ? NODE : NODE6),
            PORT,
            "after it"));

    awaitAtTheNode(8);
    return cameToTheNode(7) > 0;
  }

  private void countAtTheNode(int... sourcePorts) throws IOException {
    StringBuilder table = new StringBuilder("table netdev came {");
    for (int port : sourcePorts) {
      table.append(
          "chain from%d { type filter hook ingress device veth0 priority 0; udp sport %d counter; }\n"
              .formatted(port, port));
    }
    atTheNode(table.append("}").toString());
  }

  private void awaitAtTheNode(int sourcePort) throws IOException {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (cameToTheNode(sourcePort) == 0) {
      assertThat(System.nanoTime()).as("nothing came to the node").isLessThan(deadline);
    }
  }

  private int cameToTheNode(int sourcePort) throws IOException {
    String chain = atTheNode("list chain netdev came from" + sourcePort);
    Matcher packets = Pattern.compile("counter packets (\\d+)").matcher(chain);
    assertThat(packets.find()).isTrue();
    return Integer.parseInt(packets.group(1));
  }

  private String atTheNode(String rules) throws IOException {
    return run("ip", "netns", "exec", "fwtn" + suffix, "nft", rules);
  }

  @Test
  void belongsToItsProcessAlone() throws Exception {
    begin();

    String pods = "fwtp" + suffix;
    assertThat(run("ip", "netns", "exec", pods, "nft", "list", "table", "netdev", "teletun"))
        .contains("flags owner", "ip saddr " + P, "ip6 daddr fd09:1::7", "policy drop");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> run("ip", "netns", "exec", pods, "nft", "delete", "table", "netdev", "teletun"));
  }

  @Test
  void refusesNothingBetweenTwoClientsButWhatIsItsOwn() throws Exception {
    assertRefused(PORT);
    begin();
    end();

    assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> knock(PORT));
    assertRefused(KEPT);

    pod.call(() -> {
      takeover.keepSilent();
      return true;
    });
    assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> knock(PORT));
    pod.call(() -> {
      takeover.endSilence();
      return true;
    });
    assertRefused(PORT);
  }

  /**
   * As between the death of server-cluster and the moment when server-external closes the device.
   */
  @Test
  void keepsWhatIsStillWrittenToTheDeviceFromThePodsStack() throws Exception {
    InetAddress p = InetAddress.ofLiteral(P);
    InetAddress node = InetAddress.ofLiteral(NODE);
    try (DatagramSocket inPod = pod.call(() -> bound(P, PORT))) {
      intoTun(packet(node, PORT, p, PORT, "nobody's device"));
      assertThat(received(inPod)).isEqualTo("nobody's device");

      begin();
      end();
      intoTun(packet(node, PORT, p, PORT, "the client's"));
      assertNothingComes(inPod);
    }
  }

  private void assertRefused(int port) {
    assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> knock(port));
  }

  private void knock(int port) throws IOException {
    try (Socket socket = node.call(() -> opened())) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(P), port), 300);
    }
  }

  /** A socket belongs to the network that it was made in, which Java does late. */
  private static Socket opened() throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(NODE), 0));
    return socket;
  }

  private void begin() throws IOException {
    pod.call(() -> {
      takeover.begin(Set.of(InetAddress.ofLiteral(NAME_SERVER)));
      return true;
    });
  }

  private void end() throws IOException {
    pod.call(() -> {
      takeover.end();
      return true;
    });
  }

  private NetworkNamespace namespace(String name) throws IOException {
    ip("netns", "add", name);
    owned.own(() -> ip("netns", "delete", name));
    return owned.own(NetworkNamespace.named(name));
  }

  private static DatagramSocket bound(String address, int port) throws IOException {
    DatagramSocket socket = new DatagramSocket(port, InetAddress.ofLiteral(address));
    socket.setSoTimeout(5_000);
    return socket;
  }

  private static DatagramPacket datagram(String text, String to, int port) {
    byte[] bytes = text.getBytes(US_ASCII);
    return new DatagramPacket(bytes, bytes.length, InetAddress.ofLiteral(to), port);
  }

  private static String received(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[9_000], 9_000);
    socket.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), US_ASCII);
  }

  private static void assertNothingComes(DatagramSocket socket) throws IOException {
    socket.setSoTimeout(200);
    assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> received(socket));
    socket.setSoTimeout(5_000);
  }

  /** The next UDP datagram over IPv4; the kernel also says things of its own. */
  private String fromTun() throws IOException {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (System.nanoTime() < deadline) {
      batch.clear();
      tun.read(batch);
      for (int frame = 0; frame < batch.bytes(); frame = batch.next(frame)) {
        int at = batch.packetOffset(frame);
        if (batch.buffer().get(at) == 0x45 && batch.buffer().get(at + 9) == 17) {
          byte[] text = new byte[batch.packetLength(frame) - HEADERS];
          batch.buffer().get(at + HEADERS, text);
          return new String(text, US_ASCII);
        }
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("nothing came out of the TUN");
  }

  private void intoTun(byte[] packet) throws IOException {
    batch.clear();
    batch.buffer().put(batch.nextHeaderOffset(), new byte[VirtioNetHeader.BYTES]);
    batch.buffer().put(batch.nextPacketOffset(), packet);
    batch.commit(packet.length);
    tun.write(batch);
  }

  private static byte[] packet(String from, int sourcePort, String text) {
    return packet(InetAddress.ofLiteral(from), sourcePort, InetAddress.ofLiteral(NODE), PORT, text);
  }

  /** UDP, without the checksum that IPv4 need not have. */
  private static byte[] packet(
      InetAddress from, int sourcePort, InetAddress to, int port, String text) {
    return packet(from, sourcePort, to, port, text.getBytes(US_ASCII), new byte[0]);
  }

  /** Loose source routing for IPv4, a routing header of type 0 for IPv6, by way of the node. */
  private static byte[] sourceRouted(InetAddress from, InetAddress to) {
    byte[] node = to.getAddress();
    ByteBuffer route = ByteBuffer.allocate(node.length == 4 ? 8 : 24);
    if (node.length == 4) {
      route.put((byte) 0x83).put((byte) 7).put((byte) 4).put(node);
    } else {
      route.put((byte) 17).put((byte) 2).put((byte) 0).put((byte) 1).putInt(0).put(node);
    }
    byte[] bytes = new byte[route.capacity()];
    route.get(0, bytes);
    return packet(from, 7, to, PORT, new byte[4], bytes);
  }

  private static byte[] packet(
      InetAddress from, int sourcePort, InetAddress to, int port, byte[] payload, byte[] route) {
    int udp = 8 + payload.length;
    ByteBuffer bytes;
    if (from instanceof Inet4Address) {
      bytes = ByteBuffer.allocate(20 + route.length + udp);
      bytes.put((byte) (0x45 + route.length / 4)).put((byte) 0);
      bytes.putShort((short) bytes.capacity()).putInt(0);
      bytes.put((byte) 64).put((byte) 17).putShort((short) 0);
    } else {
      bytes = ByteBuffer.allocate(40 + route.length + udp);
      bytes.putInt(0x6000_0000).putShort((short) (route.length + udp));
      bytes.put((byte) (route.length == 0 ? 17 : 43)).put((byte) 64);
    }
    bytes.put(from.getAddress()).put(to.getAddress()).put(route);
    if (from instanceof Inet4Address) {
      bytes.putShort(10, headerChecksum(bytes, 20 + route.length));
    }
    bytes.putShort((short) sourcePort).putShort((short) port);
    bytes.putShort((short) udp).putShort((short) 0).put(payload);
    byte[] packet = new byte[bytes.capacity()];
    bytes.get(0, packet);
    return packet;
  }

  private static short headerChecksum(ByteBuffer ipv4, int length) {
    int sum = 0;
    for (int i = 0; i < length; i += 2) {
      sum += ipv4.getShort(i) & 0xFFFF;
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (short) ~((sum & 0xFFFF) + (sum >> 16));
  }

  private static void ip(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(words));
    run(command.toArray(String[]::new));
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(List.of(command) + " failed: " + output);
    }
    return output;
  }
}
