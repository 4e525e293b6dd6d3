package dev.teletun.client.dns.stub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.client.dns.DnsLab;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The stub without the table: dig asks its port. */
@Tag("netns")
@Timeout(60)
class StubServerIT {
  private static final String HOME = "192.0.2.1";
  private static final String CLUSTER = "10.96.0.10";
  private static final String SERVICE = "web.shop.svc.cluster.local";

  private final List<Set<InetAddress>> heard = new CopyOnWriteArrayList<>();
  private volatile boolean holding;
  private final DnsCounts counts = new DnsCounts();
  private DnsLab lab;
  private EventLoop loop;
  private Process home;
  private Process cluster;
  private int port;

  @BeforeEach
  void serve() throws IOException {
    lab = DnsLab.up(HOME, CLUSTER);
    home =
        lab.dnsmasq(
            HOME,
            "--host-record=example.com,192.0.2.80,2001:db8::80",
            "--host-record=" + SERVICE + ",192.0.2.66",
            "--host-record=nas,192.0.2.90",
            "--mx-host=example.com,mx.example.com,10",
            "--txt-record=big.example.com" + ("," + "x".repeat(250)).repeat(16));
    cluster =
        lab.dnsmasq(
            CLUSTER,
            "--host-record=" + SERVICE + ",10.96.0.80",
            "--host-record=example.com,10.66.66.66",
            "--ptr-record=80.0.96.10.in-addr.arpa," + SERVICE,
            "--srv-host=_http._tcp." + SERVICE + "," + SERVICE + ",80",
            "--txt-record=" + SERVICE + ",hello",
            "--txt-record=long.shop.svc.cluster.local" + ("," + "y".repeat(250)).repeat(16));
    loop = lab.inside(() -> EventLoop.start("dns-stub"));
    loop.call(this::open);
  }

  private void open() throws IOException {
    ByteBuffer scratch = ByteBuffer.allocateDirect(65_536);
    Upstreams upstreams = new Upstreams(loop, scratch, counts);
    List<String> search = List.of("shop.svc.cluster.local", "svc.cluster.local", "cluster.local");
    ClusterNames names =
        new ClusterNames(
            List.of(Addresses.parse(CLUSTER)),
            search,
            5,
            List.of(Prefix.parse("10.96.0.0/16")),
            Set.of());
    Relay relay =
        new Relay(
            new NameRoutes(names, Set.of()), names.servers(), upstreams, counts, this::answered);
    port =
        StubServer.open(
                loop,
                scratch,
                relay,
                server(HOME),
                new InetSocketAddress(Addresses.parse("127.0.0.1"), 0))
            .port();
    loop.every(java.time.Duration.ofMillis(100), upstreams::expire);
  }

  private void answered(Set<InetAddress> addresses, Runnable tell) {
    heard.add(addresses);
    if (!holding) {
      tell.run();
    }
  }

  @AfterEach
  void stop() throws IOException {
    loop.close();
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+notcp", "+tcp"})
  void asksWhoKnows(String transport) throws IOException {
    assertThat(ask("example.com", transport)).isEqualTo("192.0.2.80");
    assertThat(ask("example.com", "AAAA", transport)).isEqualTo("2001:db8::80");
    assertThat(ask("example.com", "MX", transport)).isEqualTo("10 mx.example.com.");
    assertThat(ask(SERVICE, transport)).isEqualTo("10.96.0.80");
    assertThat(ask("_http._tcp." + SERVICE, "SRV", transport)).isEqualTo("0 0 80 " + SERVICE + ".");
    assertThat(ask("-x", "10.96.0.80", transport)).isEqualTo(SERVICE + ".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+notcp", "+tcp"})
  void relaysThatANameDoesNotExist(String transport) throws IOException {
    assertThat(full("missing.example.com", transport)).contains("status: NXDOMAIN");
    assertThat(full("missing.cluster.local", transport)).contains("status: NXDOMAIN");
  }

  @Test
  void relaysATruncatedAnswerAndThenTheWholeOverTcp() throws IOException {
    assertThat(full("big.example.com", "TXT", "+notcp", "+ignore")).contains("flags: qr aa tc");

    assertThat(ask("big.example.com", "TXT")).hasSizeGreaterThan(16 * 250);
    assertThat(ask("long", "TXT"))
        .contains("long.shop.svc.cluster.local.")
        .hasSizeGreaterThan(16 * 250);
  }

  @ParameterizedTest
  @CsvSource({"web", "web.shop", "web.shop.svc"})
  void answersAShortNameWithTheFullOne(String name) throws IOException {
    for (String transport : List.of("+notcp", "+tcp")) {
      assertThat(ask(name, transport)).isEqualTo(SERVICE + ".\n10.96.0.80");
      assertThat(full(name, "AAAA", transport))
          .contains("status: NOERROR")
          .contains("CNAME\t" + SERVICE + ".");
      assertThat(ask(name, "TXT", transport)).isEqualTo(SERVICE + ".\n\"hello\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", SERVICE})
  void holdsAnAddressOfTheClusterBackUntilItMayBeSentTo(String name) throws Exception {
    holding = true;

    assertThat(ask(name, "+time=1")).doesNotContain("10.96.0.80"); // dig gives up

    assertThat(heard).isNotEmpty().containsOnly(Set.of(Addresses.parse("10.96.0.80")));
    holding = false;
    assertThat(ask(name)).endsWith("10.96.0.80");
  }

  @Test
  void hearsNoAddressesOfOthers() throws IOException {
    ask("example.com");
    ask(SERVICE, "TXT");
    full("missing.cluster.local");

    assertThat(heard).isEmpty();
  }

  @Test
  void leavesShortNamesOfHomeToHome() throws IOException {
    assertThat(ask("nas")).isEqualTo("192.0.2.90");
    assertThat(full("nowhere")).contains("status: NXDOMAIN");
  }

  @Test
  void stillResolvesOtherNamesWhileTheClusterIsSilent() throws Exception {
    cluster.destroyForcibly().waitFor();

    assertThat(ask("example.com")).isEqualTo("192.0.2.80");
    assertThat(ask("nas")).isEqualTo("192.0.2.90");
    assertThat(full(SERVICE, "+tcp")).contains("status: SERVFAIL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+notcp", "+tcp"})
  void saysThatAServerIsGone(String transport) throws Exception {
    home.destroyForcibly().waitFor();

    assertThat(full("example.com", transport)).contains("status: SERVFAIL");
    assertThat(ask(SERVICE, transport)).isEqualTo("10.96.0.80");
  }

  @Test
  void isSilentOverUdpWhereAServerIs() throws Exception {
    lab.run("kill", "-STOP", "" + home.pid());

    assertThat(full("example.com", "+notcp", "+time=1")).contains("timed out");
    assertThat(ask(SERVICE, "+notcp")).isEqualTo("10.96.0.80");
  }

  @Test
  void passesEdnsAndUnknownTypesThrough() throws IOException {
    assertThat(full("example.com", "+bufsize=1400", "+nsid", "TYPE65280"))
        .contains("status: NOERROR")
        .contains("EDNS: version: 0");
  }

  private String ask(String... words) throws IOException {
    return lab.dig(at(words));
  }

  private String full(String... words) throws IOException {
    List<String> command = new java.util.ArrayList<>(List.of("dig", "+tries=1", "+time=6"));
    command.addAll(List.of(at(words)));
    return lab.run(command.toArray(String[]::new));
  }

  private String[] at(String... words) {
    List<String> all = new java.util.ArrayList<>(List.of("@127.0.0.1", "-p", "" + port));
    all.addAll(List.of(words));
    return all.toArray(String[]::new);
  }

  private static Server server(String address) {
    return new Server(new InetSocketAddress(Addresses.parse(address), 53), 0);
  }
}
