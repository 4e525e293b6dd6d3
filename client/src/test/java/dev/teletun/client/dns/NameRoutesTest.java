package dev.teletun.client.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Prefix;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameRoutesTest {
  private static final List<String> SEARCH =
      List.of("shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "node.example");

  private final NameRoutes routes = routes(SEARCH, "10.96.0.0/12", "10.0.2.7/32", "fd00:1::/62");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web.shop.svc.cluster.local",
        "WEB.Shop.svc.Cluster.Local.",
        "cluster.local",
        "1.0.96.10.in-addr.arpa",
        "96.10.in-addr.arpa",
        "7.2.0.10.in-addr.arpa",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.0.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa"
      })
  void givesClusterNamesToTheCluster(String name) {
    assertThat(routes.isCluster(Queries.question(name, "A"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.com",
        "xcluster.local",
        "cluster.local.example.com",
        "host.node.example",
        "local",
        ".",
        "10.in-addr.arpa",
        "8.2.0.10.in-addr.arpa",
        "256.0.96.10.in-addr.arpa",
        "1.1.0.96.10.in-addr.arpa",
        "in-addr.arpa",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.4.0.0.0.0.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa"
      })
  void givesNothingElseToTheCluster(String name) {
    assertThat(routes.isCluster(Queries.question(name, "PTR"))).isFalse();
  }

  @Test
  void takesOnlyServiceZonesUnderASingleLabelDomain() {
    NameRoutes hostile = routes(List.of("x.svc.com", "svc.com", "com"));

    assertThat(hostile.isCluster(Queries.question("bank.com", "A"))).isFalse();
    assertThat(hostile.isCluster(Queries.question("web.x.svc.com", "A"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "web, A",
    "web, AAAA",
    "web.shop, A",
    "web.other, SRV",
    "web.default, A",
    "web.shop.svc, TXT",
    "_http._tcp.web.shop.svc, SRV"
  })
  void triesShortNamesAlongTheSearchPath(String name, String type) {
    assertThat(routes.candidates(Queries.question(name, type)))
        .containsExactly(SEARCH.stream().map(d -> name + "." + d).toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "com, NS",
    "com, DS",
    "com, SOA",
    "org, DNSKEY",
    "., NS",
    "., A",
    "localhost, A",
    "example.com, A",
    "web.elsewhere, A",
    "a.b.c.d.e.svc, A",
    "a\\.b, A"
  })
  void triesNothingElseAlongTheSearchPath(String name, String type) {
    assertThat(routes.candidates(Queries.question(name, type))).isEmpty();
  }

  @Test
  void skipsCandidatesThatAreTooLong() {
    String label = "a".repeat(63);

    assertThat(
            routes(List.of("svc." + (label + ".").repeat(3) + "x", "svc.cluster.local"))
                .candidates(Queries.question(label, "A")))
        .containsExactly(label + ".svc.cluster.local");
  }

  private static NameRoutes routes(List<String> search, String... reverse) {
    return new NameRoutes(
        new DnsPlan(
            List.of(),
            search,
            5,
            Path.of("/etc/resolv.conf"),
            1,
            "teletun-dns-test",
            List.of(reverse).stream().map(Prefix::parse).toList(),
            Set.of("other")));
  }
}
