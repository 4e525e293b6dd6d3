package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.client.dns.stub.StubServer;
import dev.teletun.linux.nft.NftTable;
import dev.teletun.linux.nft.OwnTable;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The cluster's names for containers and VMs behind bridges of this host: what they ask the host's
 * name servers, or the bridge's own address, comes to a stub on that address. Their settings stay
 * as they are; other names go where they went before. All of it is gone with the process.
 */
public final class SharedNames implements Closeable {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int DNS_PORT = 53;

  /** Where systemd-resolved says the servers that containers are told. */
  private static final Path BEHIND_RESOLVED = Path.of("/run/systemd/resolve/resolv.conf");

  private final NameStub stub;
  private final OwnTable table;
  private final DnsPlan plan;
  private final List<String> bridges;
  private final String name;
  private final Set<InetAddress> servers = new LinkedHashSet<>();
  private final Map<Way, StubServer> ports = new LinkedHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Queries from one bridge to one server. */
  private record Way(String bridge, InetAddress at, int prefixLength, InetAddress server) {}

  private SharedNames(
      NameStub stub, OwnTable table, String name, DnsPlan plan, List<String> bridges) {
    this.stub = stub;
    this.table = table;
    this.name = name;
    this.plan = plan;
    this.bridges = bridges;
  }

  /**
   * Begins to answer; to be called before resolv.conf is changed, if it is.
   *
   * @param listener is asked on a thread of the stub's
   */
  public static SharedNames start(DnsPlan plan, List<String> bridges, AddressListener listener)
      throws IOException {
    String name = plan.tableName().replaceFirst("^teletun-dns-", "teletun-sharedns-");
    try (CloseStack onFailure = new CloseStack()) {
      NameStub stub = onFailure.own(NameStub.start(plan.cluster(), plan.own(), listener));
      OwnTable table =
          onFailure.own(
              OwnTable.open(
                  new NftTable("inet", name),
                  "add chain inet %s in { type nat hook prerouting priority -110; policy accept; }\n"
                      .formatted(name)));
      SharedNames names = new SharedNames(stub, table, name, plan, List.copyOf(bridges));
      stub.loop().call(names::follow);
      stub.loop().every(TICK, names::tick);
      var _ = stub.ended(names);
      onFailure.handOver();
      return names;
    }
  }

  /** Something else is known of the cluster's names now; returns at once. */
  public void follow(ClusterNames cluster) {
    stub.loop().execute(() -> stub.follow(cluster));
  }

  private void tick() {
    ports.values().forEach(StubServer::expire);
    try {
      follow();
    } catch (IOException _) {
      // A file or bridge is being replaced: next time.
    }
  }

  private void follow() throws IOException {
    Set<InetAddress> asked = NameServers.parse(Files.readString(plan.resolvConf()));
    servers.addAll(asked);
    if (Files.isReadable(BEHIND_RESOLVED)) {
      servers.addAll(NameServers.parse(Files.readString(BEHIND_RESOLVED)));
    }
    Set<Way> wanted = ways();
    boolean changed = false;
    for (Way gone : List.copyOf(ports.keySet())) {
      StubServer port = ports.get(gone);
      if (port != null && !wanted.contains(gone)) {
        ports.remove(gone);
        port.close();
        changed = true;
      }
    }
    for (Way way : wanted) {
      if (!ports.containsKey(way)) {
        changed |= open(way, asked.iterator().next());
      }
    }
    if (!changed) {
      return;
    }
    table.run(rules());
  }

  private Set<Way> ways() throws SocketException {
    Set<Way> ways = new LinkedHashSet<>();
    for (String bridge : bridges) {
      NetworkInterface link = NetworkInterface.getByName(bridge);
      for (InterfaceAddress own :
          link == null ? List.<InterfaceAddress>of() : link.getInterfaceAddresses()) {
        InetAddress at = own.getAddress();
        if (at.isLinkLocalAddress()) {
          continue;
        }
        ways.add(new Way(bridge, plain(at), own.getNetworkPrefixLength(), plain(at)));
        servers.stream()
            .filter(s -> !s.isLoopbackAddress() && !s.isLinkLocalAddress())
            .filter(s -> s.getAddress().length == at.getAddress().length)
            .forEach(s -> ways.add(new Way(bridge, plain(at), own.getNetworkPrefixLength(), s)));
      }
    }
    return ways;
  }

  /** Without the zone that Java adds to addresses of an interface. */
  private static InetAddress plain(InetAddress address) {
    return Addresses.ofBytes(address.getAddress());
  }

  /**
   * A bridge that has a server of its own, as libvirt's have, keeps it.
   *
   * @return false if the address cannot be used yet, as an IPv6 one without carrier
   */
  private boolean open(Way way, InetAddress otherwise) {
    InetAddress original =
        way.server().equals(way.at()) && !answers(way.at()) ? otherwise : way.server();
    try {
      StubServer port =
          stub.serveOthers(
              new InetSocketAddress(original, DNS_PORT),
              plan.mark().value(),
              new InetSocketAddress(way.at(), 0),
              new Prefix(way.at(), way.prefixLength()));
      ports.put(way, port);
      return true;
    } catch (IOException _) {
      return false; // again at the next tick
    }
  }

  private static boolean answers(InetAddress at) {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(at, DNS_PORT))) {
      return !socket.isBound();
    } catch (SocketException _) {
      return true; // somebody has it
    }
  }

  private String rules() {
    StringBuilder rules = new StringBuilder("flush chain inet %s in\n".formatted(name));
    ports.forEach((way, port) -> {
      boolean v6 = way.at() instanceof Inet6Address;
      for (String protocol : List.of("udp", "tcp")) {
        rules.append(
            "add rule inet %s in iifname \"%s\" %s daddr %s %s dport 53 dnat %s to %s:%d\n"
                .formatted(
                    name,
                    way.bridge(),
                    v6 ? "ip6" : "ip",
                    Addresses.text(way.server()),
                    protocol,
                    v6 ? "ip6" : "ip",
                    v6 ? "[" + Addresses.text(way.at()) + "]" : Addresses.text(way.at()),
                    port.port()));
      }
    });
    return rules.toString();
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try (stub;
          table) {
        stub.loop().call(this::stop);
      }
    }
  }

  private void stop() throws IOException {
    stub.abandon();
    try (CloseStack all = new CloseStack()) {
      ports.values().forEach(all::own);
      ports.clear();
    }
  }
}
