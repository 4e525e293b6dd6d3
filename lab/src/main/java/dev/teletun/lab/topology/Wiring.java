package dev.teletun.lab.topology;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Links, addresses and routes of a lab, as batches of ip(8): one process per host. */
final class Wiring {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final LabOptions options;

  Wiring(LabOptions options) {
    this.options = options;
  }

  /** Connects the hosts; {@code pods} says the addresses of each pod. */
  void connect(Host laptop, Host router, Host node, Map<Host, DualStack> pods) throws IOException {
    List<String> atRouter = new ArrayList<>();
    cable(atRouter, "lan0", laptop, options.lanMtu());
    cable(atRouter, "wan0", node, options.lanMtu());
    address(atRouter, "lan0", LabNet.ROUTER_LAN, LabNet.LAN);
    address(atRouter, "lan0", LabNet.SECOND_NAME_SERVER, LabNet.LAN);
    address(atRouter, "wan0", LabNet.ROUTER_WAN, LabNet.WAN);
    atRouter.add("address add %s/32 dev lo".formatted(LabNet.OUTSIDE.v4()));
    atRouter.add("address add %s/128 dev lo".formatted(LabNet.OUTSIDE.v6()));
    atRouter.add("link set lan0 up");
    atRouter.add("link set wan0 up");
    batch(router, atRouter);

    batch(laptop, end(LabNet.LAPTOP, LabNet.LAN, LabNet.ROUTER_LAN));
    List<String> atNode = end(LabNet.NODE, LabNet.WAN, LabNet.ROUTER_WAN);
    bridge(atNode, pods);
    batch(node, atNode);
    for (var pod : pods.entrySet()) {
      batch(pod.getKey(), end(pod.getValue(), LabNet.PODS, LabNet.GATEWAY));
    }
  }

  /** A second LAN between two hosts that are connected; the laptop's end is down. */
  void secondLan(Host laptop, Host router) throws IOException {
    List<String> atRouter = new ArrayList<>();
    atRouter.add("link add lan1 type veth peer name eth1 netns %s".formatted(laptop.namespace()));
    address(atRouter, "lan1", LabNet.ROUTER_LAN2, LabNet.LAN2);
    atRouter.add("link set lan1 up");
    batch(router, atRouter);
    List<String> atLaptop = new ArrayList<>();
    address(atLaptop, "eth1", LabNet.LAPTOP_LAN2, LabNet.LAN2);
    batch(laptop, atLaptop);
    router
        .shell("for i in lan0 lan1; do echo 1 >/proc/sys/net/ipv4/conf/$i/rp_filter; done")
        .orThrow();
  }

  private void bridge(List<String> atNode, Map<Host, DualStack> pods) {
    // Without snooping: neighbour discovery must not wait for a multicast querier.
    atNode.add("link add cni0 mtu %d type bridge mcast_snooping 0".formatted(options.podMtu()));
    address(atNode, "cni0", LabNet.GATEWAY, LabNet.PODS);
    for (Host pod : pods.keySet()) {
      cable(atNode, pod.name(), pod, options.podMtu());
      atNode.add("link set %s master cni0 up".formatted(pod.name()));
    }
    atNode.add("link set cni0 up");
  }

  /** Commands for a host whose only link is eth0. */
  private static List<String> end(DualStack own, DualStack network, DualStack gateway) {
    List<String> commands = new ArrayList<>();
    address(commands, "eth0", own, network);
    commands.add("link set eth0 up");
    commands.add("route add default via %s".formatted(gateway.v4()));
    commands.add("route add ::/0 via %s".formatted(gateway.v6()));
    return commands;
  }

  private static void cable(List<String> commands, String here, Host there, int mtu) {
    commands.add(
        "link add %s mtu %d type veth peer name eth0 mtu %d netns %s"
            .formatted(here, mtu, mtu, there.namespace()));
  }

  private static void address(
      List<String> commands, String interfaceName, DualStack own, DualStack network) {
    for (String each :
        List.of(own.v4() + length(network.v4()), own.v6() + length(network.v6()) + " nodad")) {
      commands.add("address add %s dev %s".formatted(each, interfaceName));
    }
  }

  private static String length(String network) {
    return network.substring(network.indexOf('/'));
  }

  /** From outside the host, as pods cannot change much themselves. */
  private static void batch(Host host, List<String> commands) throws IOException {
    Commands.run(
            List.of("ip", "-netns", host.namespace(), "-batch", "-"),
            String.join("\n", commands) + "\n",
            LIMIT,
            host.logs())
        .orThrow();
  }
}
