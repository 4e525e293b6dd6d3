package dev.teletun.client.dns.way;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.client.dns.DnsLab;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole of it on a host of its own, which has a NAT table like Docker's besides. */
@Tag("netns")
@Timeout(60)
class DnsInterceptIT {
  private static final String HOME = "192.0.2.1";
  private static final String OFFICE = "192.0.2.2";
  private static final String HOME_V6 = "2001:db8::53";
  private static final String LOCAL = "127.0.0.53";
  private static final String CLUSTER = "10.96.0.10";
  private static final String OTHER_CLUSTER = "10.96.0.11";
  private static final String SERVICE = "web.shop.svc.cluster.local";
  private static final String TABLE = "teletun-dns-it";

  private DnsLab lab;
  private String rulesBefore;

  @BeforeEach
  void buildAHost() throws IOException {
    lab = DnsLab.up(HOME, OFFICE, HOME_V6, CLUSTER, OTHER_CLUSTER);
    lab.dnsmasq(HOME, "--host-record=intranet.example,192.0.2.81");
    lab.dnsmasq(OFFICE, "--host-record=intranet.example,192.0.2.82");
    lab.dnsmasq(HOME_V6, "--host-record=intranet.example,192.0.2.86");
    lab.dnsmasq(LOCAL, "--host-record=intranet.example,192.0.2.87");
    lab.dnsmasq(CLUSTER, "--host-record=" + SERVICE + ",10.96.0.80");
    lab.resolvConf(HOME, OFFICE);
    lab.run("nft", "add table ip nat");
    lab.run("nft", "add chain ip nat OUTPUT { type nat hook output priority -100; }");
    lab.run("nft", "add rule ip nat OUTPUT ip daddr 198.51.100.1 dnat to 192.0.2.1");
    rulesBefore = rules();
  }

  @AfterEach
  void tearDown() throws IOException {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+notcp", "+tcp"})
  void keepsNameServersThatAnswerDifferentlyApart(String transport) throws IOException {
    lab.resolvConf(HOME, OFFICE, HOME_V6, LOCAL);
    try (DnsIntercept intercept = start()) {

      assertThat(lab.dig("@" + HOME, "intranet.example", transport)).isEqualTo("192.0.2.81");
      assertThat(lab.dig("@" + OFFICE, "intranet.example", transport)).isEqualTo("192.0.2.82");
      assertThat(lab.dig("@" + HOME_V6, "intranet.example", transport)).isEqualTo("192.0.2.86");
      assertThat(lab.dig("@" + LOCAL, "intranet.example", transport)).isEqualTo("192.0.2.87");
      assertThat(intercept.report()).contains("4 queries");
    }
  }

  @Test
  void resolvesClusterNamesWhicheverServerIsAskedAndLeavesResolvConfAlone() throws IOException {
    lab.resolvConf(HOME, OFFICE, HOME_V6, LOCAL);
    byte[] before = Files.readAllBytes(lab.resolvConf());
    try (DnsIntercept _ = start()) {

      for (String server : List.of(HOME, OFFICE, HOME_V6, LOCAL)) {
        assertThat(lab.dig("@" + server, SERVICE)).isEqualTo("10.96.0.80");
      }
      assertThat(lab.run("getent", "hosts", "web")).startsWith("10.96.0.80").contains(SERVICE);
      assertThat(lab.run("getent", "hosts", "intranet.example")).startsWith("192.0.2.81");
      assertThat(lab.resolvConf()).hasBinaryContent(before);
    }
  }

  @Test
  void followsResolvConfToOtherServersAndBack() throws IOException {
    try (DnsIntercept _ = start()) {
      assertThat(lab.dig("@" + LOCAL, SERVICE)).isEmpty();

      lab.resolvConf(LOCAL);

      await(() -> lab.dig("@" + LOCAL, SERVICE).equals("10.96.0.80"));
      assertThat(lab.dig("@" + HOME, SERVICE)).isEmpty();

      Files.writeString(lab.resolvConf(), "nameserver " + HOME + "\n");

      await(() -> lab.dig("@" + HOME, SERVICE).equals("10.96.0.80"));
      assertThat(lab.dig("@" + LOCAL, SERVICE)).isEmpty();
    }
  }

  @Test
  void leavesNothingWhenClosedAlsoForASocketThatKeepsItsPort() throws IOException {
    DnsIntercept intercept = start();
    assertThat(fromOnePort()).isEqualTo("10.96.0.80");

    intercept.close();
    intercept.close();

    assertThat(rules()).isEqualTo(rulesBefore);
    assertThat(fromOnePort()).isEmpty();
    assertThat(lab.dig("intranet.example")).isEqualTo("192.0.2.81");
  }

  @Test
  void catchesASocketThatAskedBefore() throws IOException {
    assertThat(fromOnePort()).isEmpty();

    try (DnsIntercept _ = start()) {
      assertThat(fromOnePort()).isEqualTo("10.96.0.80");
    }
  }

  /** With so few ports each is soon one of the stub's own queries, and of a program's again. */
  @Test
  void aPortFromWhichTheStubAskedLeadsProgramsToTheStub() throws IOException {
    lab.run("sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40007");
    try (DnsIntercept _ = start()) {
      for (int i = 0; i < 24; i++) {
        assertThat(lab.dig("@" + HOME, "intranet.example")).isEqualTo("192.0.2.81");
      }

      for (int port = 40_000; port < 40_008; port++) {
        String from = "%s#%d".formatted(HOME, port);
        assertThat(lab.dig("-b", from, "@" + HOME, SERVICE)).as(from).isEqualTo("10.96.0.80");
        assertThat(lab.dig("-b", from, "@" + HOME, "intranet.example")).isEqualTo("192.0.2.81");
      }
    }
  }

  @Test
  void leavesNoRuleWhenItsProcessIsKilled() throws Exception {
    Process program = startProgram();
    await(() -> fromOnePort().equals("10.96.0.80"));

    program.destroyForcibly().waitFor();

    await(() -> rules().equals(rulesBefore));
    assertThat(lab.dig("intranet.example")).isEqualTo("192.0.2.81");
    assertThat(lab.inside(DnsIntercept::forgetStaleFlows)).isPositive();
    assertThat(fromOnePort()).isEmpty();
  }

  @Test
  void forgetsNoFlowOfALivingProcess() throws IOException {
    try (DnsIntercept _ = start()) {
      assertThat(fromOnePort()).isEqualTo("10.96.0.80");

      assertThat(lab.inside(DnsIntercept::forgetStaleFlows)).isZero();
    }
  }

  @Test
  void givesTheNamesBackWhenTheStubFails() throws IOException {
    try (DnsIntercept intercept = start()) {
      intercept
          .stub
          .loop()
          .execute(() -> {
            throw new IllegalStateException("broken");
          });

      await(() -> intercept.ended().isCompletedExceptionally());
      assertThat(rules()).isEqualTo(rulesBefore);
      assertThat(lab.dig("intranet.example")).isEqualTo("192.0.2.81");
    }
  }

  @Test
  void doesNotRedirectAServerThatIsTheClustersOwn() throws IOException {
    lab.resolvConf(CLUSTER);
    try (DnsIntercept intercept = start()) {

      assertThat(lab.dig("@" + CLUSTER, SERVICE)).isEqualTo("10.96.0.80");
      assertThat(intercept.report()).contains("10.96.0.10 is a server of the cluster");
    }
  }

  @Test
  void followsTheClustersNamespacesAndNameServers() throws Exception {
    lab.dnsmasq(OTHER_CLUSTER, "--host-record=web.office.svc.cluster.local,10.96.0.81");
    try (DnsIntercept intercept = start()) {
      assertThat(lab.dig("@" + HOME, "web.office")).isEmpty();

      intercept.follow(names(Addresses.parse(OTHER_CLUSTER), "office", "com"));

      assertThat(lab.dig("@" + HOME, "web.office")).endsWith("10.96.0.81");
      lab.resolvConf(HOME, OTHER_CLUSTER);
      await(() -> intercept.report().contains(OTHER_CLUSTER + " is a server of the cluster"));
    }
  }

  @Test
  void leavesNothingWhenItCannotBegin() throws IOException {
    Files.writeString(lab.resolvConf(), "#".repeat(70_000));

    assertThatIOException().isThrownBy(this::start).withMessageContaining("no resolver expects");

    assertThat(rules()).isEqualTo(rulesBefore);
  }

  private DnsIntercept start() throws IOException {
    DnsPlan plan =
        new DnsPlan(
            names(Addresses.parse(CLUSTER)),
            lab.resolvConf(),
            QueryMark.of("tel0"),
            TABLE,
            Set.of());
    return lab.inside(() -> DnsIntercept.start(plan, (_, tell) -> tell.run()));
  }

  /** Those of a pod in the namespace {@code shop}. */
  static ClusterNames names(InetAddress server, String... namespaces) {
    return new ClusterNames(
        List.of(server),
        List.of("shop.svc.cluster.local", "svc.cluster.local", "cluster.local"),
        5,
        List.of(),
        Set.of(namespaces));
  }

  private Process startProgram() throws IOException {
    return lab.start(
        List.of(
            "ip",
            "netns",
            "exec",
            lab.name(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            InterceptingProgram.class.getName(),
            lab.resolvConf().toString(),
            CLUSTER));
  }

  /** Asks for the service from the same port every time, as some resolvers do. */
  private String fromOnePort() throws IOException {
    return lab.dig("-b", HOME + "#40000", "@" + HOME, SERVICE, "+time=2");
  }

  private String rules() throws IOException {
    return lab.run("nft", "list", "ruleset");
  }

  private static void await(Callable<Boolean> condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    try {
      while (!condition.call()) {
        assertThat(System.nanoTime()).as("time is up").isLessThan(deadline);
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
