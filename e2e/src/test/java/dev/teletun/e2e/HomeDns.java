package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Dnsmasq;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;

/** A name server of the laptop's LAN that knows records of every type, and that no others exist. */
final class HomeDns {
  /** On the router. */
  static final String ADDRESS = "192.168.50.3";

  static final String HOST = "www.home.example";
  static final String V4 = "203.0.113.10";
  static final String V6 = "2001:db8:203::10";

  /** A host without a domain, as home routers name them. */
  static final String SINGLE_LABEL = "nas";

  static final String SINGLE_LABEL_V4 = "192.168.50.30";

  /** The node, where the servers are reached. */
  static final String SERVER = "vpn.home.example";

  private HomeDns() {}

  /** Starts it on the router, and waits until it answers. */
  static RunningProgram start(Host router) throws IOException {
    router.run("ip", "addr", "add", ADDRESS + "/24", "dev", "lan0").orThrow();
    RunningProgram server =
        router.start(
            Dnsmasq.line(
                "--bind-interfaces",
                "--listen-address=" + ADDRESS,
                "--local=/#/",
                "--host-record=%s,%s,%s".formatted(HOST, V4, V6),
                "--host-record=%s,%s".formatted(LabNet.OUTSIDE_NAME, LabNet.OUTSIDE.v4()),
                "--host-record=%s,%s".formatted(SINGLE_LABEL, SINGLE_LABEL_V4),
                "--host-record=%s,%s".formatted(SERVER, LabNet.NODE.v4()),
                "--cname=other.home.example,next.home.example",
                "--cname=next.home.example," + HOST,
                "--srv-host=_sip._udp.home.example,%s,5060".formatted(HOST),
                "--mx-host=home.example,%s,10".formatted(HOST),
                "--txt-record=home.example,hello",
                "--txt-record=long.home.example" + ("," + "x".repeat(250)).repeat(16)));
    Until.holds(() ->
        assertThat(router.run("dig", "+short", "+tries=1", "+time=1", "@" + ADDRESS, HOST).stdout())
            .contains(V4));
    return server;
  }
}
