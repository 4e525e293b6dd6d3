package dev.teletun.lab.topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The name servers of LAN and cluster, which are dnsmasq processes, and the resolver files that
 * lead to them. Each logs its queries into the logs of its host.
 */
final class NameServers {
  private static final String HOSTS =
      """
      127.0.0.1 localhost
      ::1 localhost
      """;

  /** Without mdns, which takes .local for itself, and without systemd's resolver. */
  private static final String NSSWITCH =
      """
      passwd: files
      group: files
      hosts: files dns
      """;

  private static final String LAPTOP_RESOLV_CONF =
      """
      search %s
      nameserver %s
      nameserver %s
      nameserver %s
      """
          .formatted(
              LabNet.LAN_DOMAIN,
              LabNet.ROUTER_LAN.v4(),
              LabNet.SECOND_NAME_SERVER.v4(),
              LabNet.ROUTER_LAN.v6());

  /** As the kubelet writes it for a pod of namespace default. */
  private static final String POD_RESOLV_CONF =
      """
      search default.svc.cluster.local svc.cluster.local cluster.local
      nameserver %s
      options ndots:5
      """
          .formatted(LabNet.DNS_SERVICE.v4());

  private NameServers() {}

  /** Files of {@code /etc} for a host of this role. */
  static Map<String, String> etc(HostRole role) {
    String resolvConf =
        switch (role) {
          case LAPTOP -> LAPTOP_RESOLV_CONF;
          case POD -> POD_RESOLV_CONF;
          case ROUTER, NODE -> "nameserver %s\n".formatted(LabNet.ROUTER_WAN.v4());
        };
    return Map.of("resolv.conf", resolvConf, "hosts", HOSTS, "nsswitch.conf", NSSWITCH);
  }

  static void start(Host router, Host dns) throws IOException {
    dnsmasq(
        router,
        "first",
        record(LabNet.OUTSIDE_NAME, LabNet.OUTSIDE),
        "host-record=%s,%s".formatted(LabNet.SPLIT_NAME, LabNet.SPLIT_FIRST),
        "host-record=printer.%s,%s".formatted(LabNet.LAN_DOMAIN, LabNet.PRINTER),
        "local=/%s/".formatted(LabNet.LAN_DOMAIN), // else it refuses what it does not know
        "txt-record=which.example,first",
        listenOn(LabNet.ROUTER_LAN),
        listenOn(LabNet.ROUTER_WAN),
        "bind-interfaces");
    dnsmasq(
        router,
        "second",
        record(LabNet.OUTSIDE_NAME, LabNet.OUTSIDE),
        "host-record=%s,%s".formatted(LabNet.SPLIT_NAME, LabNet.SPLIT_SECOND),
        "host-record=printer.%s,%s".formatted(LabNet.LAN_DOMAIN, LabNet.PRINTER),
        "local=/%s/".formatted(LabNet.LAN_DOMAIN),
        "txt-record=which.example,second",
        listenOn(LabNet.SECOND_NAME_SERVER),
        "bind-interfaces");
    Files.createDirectories(records(dns));
    Path many = dns.logs().resolve("big.hosts");
    Files.writeString(many, manyAddresses());
    dnsmasq(
        dns,
        "cluster",
        "local=/%s/".formatted(LabNet.CLUSTER_DOMAIN),
        record(LabNet.WEB_NAME, LabNet.WEB_SERVICE),
        record(LabNet.ECHO_NAME, LabNet.ECHO_SERVICE),
        record(LabNet.FAR_NAME, LabNet.FAR_SERVICE),
        record("kube-dns.kube-system.svc.cluster.local", LabNet.DNS_SERVICE),
        "srv-host=_http._tcp.%s,%s,%d".formatted(LabNet.WEB_NAME, LabNet.WEB_NAME, LabNet.WEB_PORT),
        "mx-host=mail.default.svc.cluster.local,%s,10".formatted(LabNet.WEB_NAME),
        "txt-record=which.example,cluster",
        "host-record=%s,%s".formatted(LabNet.SPLIT_NAME, LabNet.SPLIT_CLUSTER),
        "addn-hosts=" + many,
        "hostsdir=" + records(dns),
        "server=" + LabNet.ROUTER_WAN.v4());
  }

  /** See {@link Lab#clusterRecords}. */
  static Path records(Host dns) {
    return dns.logs().resolve("records");
  }

  private static void dnsmasq(Host host, String name, String... lines) throws IOException {
    Path file = host.logs().resolve("dnsmasq-" + name + ".conf");
    Path log = host.logs().resolve("dnsmasq-" + name + ".log");
    List<String> all =
        new ArrayList<>(
            List.of(
                "no-resolv", "no-hosts", "pid-file=", "log-queries=extra", "log-facility=" + log));
    all.addAll(List.of(lines));
    Files.write(file, all);
    // An empty group: a user namespace with one uid lets nobody change groups, not even to 0.
    host.start("dnsmasq", "--keep-in-foreground", "--user=root", "--group=", "--conf-file=" + file);
  }

  private static String record(String name, DualStack address) {
    return "host-record=%s,%s,%s".formatted(name, address.v4(), address.v6());
  }

  private static String listenOn(DualStack address) {
    return "listen-address=%s,%s".formatted(address.v4(), address.v6());
  }

  private static String manyAddresses() {
    return IntStream.rangeClosed(1, LabNet.BIG_NAME_ADDRESSES)
        .mapToObj(i -> "10.244.200.%d %s\n".formatted(i, LabNet.BIG_NAME))
        .collect(Collectors.joining());
  }
}
