package dev.teletun.bench.field;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import java.io.IOException;
import java.time.Duration;

/** What can happen between laptop and node; each can be undone. */
public final class Outside {
  private static final String LINK = "eth0";
  private static final String WAN = "wan0";
  private static final String OTHER_ADDRESS = "192.168.50.77";

  /** Linux's GSO_MAX_SEGS. */
  private static final int SEGMENTS_AT_BIRTH = 65_535;

  private static final String ALL = "meta l4proto { tcp, udp } th %s %d";

  private final Lab lab;
  private final Host laptop;
  private final Host router;

  public Outside(Lab lab) {
    this.lab = lab;
    this.laptop = lab.laptop();
    this.router = lab.router();
  }

  /**
   * Loses this share of what passes the router between laptop and node, each way. What the senders'
   * kernels would split only at a real link is split before, so that single datagrams are lost.
   */
  public void lose(double percent) throws IOException {
    splitAt(1);
    StringBuilder rules = new StringBuilder();
    for (String side : new String[] {"dport", "sport"}) {
      rules.append(
          (ALL + " numgen random mod 100000 < %d drop; ")
              .formatted(side, LabNet.NODE_PORT, Math.round(percent * 1_000)));
    }
    table("lossy", "filter hook forward priority -20", rules.toString());
  }

  /** Nothing is lost any more, and kernels merge again what they may. */
  public void loseNothing() throws IOException {
    remove("inet lossy");
    splitAt(SEGMENTS_AT_BIRTH);
  }

  private void splitAt(int segments) throws IOException {
    for (Host end : new Host[] {laptop, lab.node()}) {
      end.run("ip", "link", "set", LINK, "gso_max_segs", Integer.toString(segments)).orThrow();
    }
  }

  /** Takes the laptop's link down, and with it its routes and IPv6 addresses. */
  public void linkDown() throws IOException {
    laptop.run("ip", "link", "set", LINK, "down").orThrow();
  }

  /** Brings it up, with what the kernel forgot. */
  public void linkUp() throws IOException {
    laptop
        .shell(
            "ip link set %1$s up && ip route replace default via %2$s dev %1$s && ip -6 address replace %3$s/64 dev %1$s nodad && ip -6 route replace default via %4$s dev %1$s"
                .formatted(
                    LINK, LabNet.ROUTER_LAN.v4(), LabNet.LAPTOP.v6(), LabNet.ROUTER_LAN.v6()))
        .orThrow();
  }

  /** The laptop has another IPv4 address in its network, and its own no more. */
  public void otherAddress() throws IOException {
    readdress(LabNet.LAPTOP.v4(), OTHER_ADDRESS);
  }

  /** The laptop has its own address again. */
  public void ownAddress() throws IOException {
    readdress(OTHER_ADDRESS, LabNet.LAPTOP.v4());
  }

  private void readdress(String old, String next) throws IOException {
    laptop
        .shell(
            "ip address del %1$s/24 dev %3$s; ip address replace %2$s/24 dev %3$s && ip route replace default via %4$s dev %3$s"
                .formatted(old, next, LINK, LabNet.ROUTER_LAN.v4()))
        .orThrow();
  }

  /** The laptop's link is gone, and another one leads to the router, with another gateway. */
  public void otherInterface() throws IOException {
    if (!router.run("ip", "link", "show", "lan1").ok()) {
      lab.addSecondLan();
    }
    laptop
        .shell(
            "ip link set eth1 up && ip route replace default via %s dev eth1 && ip link set eth0 down"
                .formatted(LabNet.ROUTER_LAN2.v4()))
        .orThrow();
  }

  /** The other link is gone, and the first one there again. */
  public void ownInterface() throws IOException {
    // First: packets with its address would pass the other way meanwhile, and no answer come back.
    laptop.run("ip", "link", "set", "eth1", "down").orThrow();
    linkUp();
  }

  /** The router forgets a flow of UDP in which nothing passed for so long. */
  public void natForgetsAfter(Duration time) throws IOException {
    router
        .shell(
            "for f in timeout timeout_stream; do echo %d >/proc/sys/net/netfilter/nf_conntrack_udp_$f; done"
                .formatted(time.toSeconds()))
        .orThrow();
  }

  /** The router forgets all flows, and gives those of the data channel another port. */
  public void rebindNat() throws IOException {
    router
        .shell(
            "nft 'table ip rebind { chain p { type nat hook postrouting priority 90; ip saddr %s udp dport %d masquerade to :40000-49999 random; }; }'"
                .formatted(LabNet.LAN.v4(), LabNet.NODE_PORT))
        .orThrow();
    router.run("conntrack", "-F").orThrow();
  }

  /** The router forgets again, and keeps ports where it can. */
  public void usualNat() throws IOException {
    remove("ip rebind");
    router.run("conntrack", "-F").orThrow();
  }

  /** No datagram of TeleTUN's passes the router, and nobody is told. */
  public void blockUdp() throws IOException {
    table(
        "noudp",
        "filter hook forward priority -10",
        "udp dport %1$d drop; udp sport %1$d drop;".formatted(LabNet.NODE_PORT));
  }

  /** Datagrams pass again. */
  public void unblockUdp() throws IOException {
    remove("inet noudp");
  }

  /** The link from router to node carries no more than this, and nobody is told. */
  public void narrow(int bytes) throws IOException {
    table(
        "hole",
        "filter hook output priority 0",
        "icmp type destination-unreachable drop; icmpv6 type packet-too-big drop;");
    router.mtu(WAN, bytes);
  }

  /** The link from router to node is what it was. */
  public void widen() throws IOException {
    router.mtu(WAN, 1500);
    remove("inet hole");
  }

  private void table(String name, String hook, String rules) throws IOException {
    router
        .shell(
            "nft 'table inet %1$s; flush table inet %1$s; table inet %1$s { chain c { type %2$s; %3$s }; }'"
                .formatted(name, hook, rules))
        .orThrow();
  }

  /** Declared first, so that deleting it never fails: nft before 1.0.7 has no "destroy". */
  private void remove(String table) throws IOException {
    router.shell("nft 'table %1$s; delete table %1$s'".formatted(table)).orThrow();
  }
}
