package dev.teletun.client.dns.stub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Prefix;
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

  @ParameterizedTest
  @CsvSource({
    "x.svc.bank.com svc.bank.com bank.com, bank.com",
    "x.svc.bank.com svc.bank.com bank.com, www.bank.com",
    "x.svc.bank.com, web.x.svc.bank.com",
    "svc.bank.com bank.com, web.x.svc.bank.com",
    "x.svc.bank.com svc.bank.com, web.x.svc.bank.com",
    "x.svc.com svc.com com, web.x.svc.com",
    "x.svc.co.uk svc.co.uk co.uk, web.x.svc.co.uk",
    "x.svc.vpn.example svc.vpn.example vpn.example, us.svc.vpn.example",
    "x.svc.cluster.local svc.cluster.local cluster.local, wpad.x.svc.cluster.local"
  })
  void claimsNoNamesOfOthers(String search, String name) {
    NameRoutes hostile = routes(List.of(search.split(" ", -1)));

    assertThat(hostile.isCluster(Queries.question(name, "A"))).isFalse();
  }

  @Test
  void knowsTheZonesOfAnotherClusterDomain() {
    NameRoutes routes =
        routes(List.of("a.svc.k8s.example.com", "svc.k8s.example.com", "k8s.example.com"));

    assertThat(routes.clusterDomains())
        .containsExactlyInAnyOrder(
            "svc.k8s.example.com", "pod.k8s.example.com", "dns-version.k8s.example.com");
    assertThat(routes.isCluster(Queries.question("web.b.svc.k8s.example.com", "A"))).isTrue();
  }

  @Test
  void believesTheFirstClusterDomainAlone() {
    NameRoutes routes =
        routes(
            List.of(
                "a.svc.cluster.local",
                "svc.cluster.local",
                "cluster.local",
                "a.svc.bank.com",
                "svc.bank.com",
                "bank.com"));

    assertThat(routes.clusterDomains()).containsExactly("cluster.local");
  }

  @ParameterizedTest
  @CsvSource({
    "com.svc.cluster.local svc.cluster.local cluster.local, bank.com",
    "de.svc.cluster.local svc.cluster.local cluster.local, bank.de",
    "a.svc.cluster.local svc.cluster.local cluster.local com.svc.cluster.local, bank.com",
    "a.svc.cluster.local svc.cluster.local cluster.local, wpad",
    "a.svc.cluster.local svc.cluster.local cluster.local, wpad.a",
    "a.svc.cluster.local svc.cluster.local cluster.local, isatap"
  })
  void searchesNoNamesOfOthers(String search, String name) {
    NameRoutes hostile = routes(List.of(search.split(" ", -1)));

    assertThat(hostile.candidates(Queries.question(name, "A"))).isEmpty();
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
        new ClusterNames(
            List.of(),
            search,
            5,
            List.of(reverse).stream().map(Prefix::parse).toList(),
            Set.of("other", "com")),
        Set.of("us.svc.vpn.example"));
  }
}
