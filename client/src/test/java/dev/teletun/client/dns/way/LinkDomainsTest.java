package dev.teletun.client.dns.way;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinkDomainsTest {

  @Test
  void searchesThePodsPathAndRoutesReverseZonesAndNamespaces() throws IOException {
    Map<String, Boolean> domains = domains("cluster.local", Set.of("office"), Set.of());

    assertThat(domains)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "shop.svc.cluster.local",
                false,
                "svc.cluster.local",
                false,
                "cluster.local",
                false,
                "96.10.in-addr.arpa",
                true,
                "svc",
                true,
                "default",
                true,
                "kube-system",
                true,
                "shop",
                true,
                "office",
                true));
  }

  @Test
  void letsNoServerTakeADomainBySearchingIt() throws IOException {
    Map<String, Boolean> domains = domains("bank.example", Set.of(), Set.of());

    assertThat(domains)
        .containsEntry("shop.svc.bank.example", false)
        .containsEntry("svc.bank.example", false)
        .doesNotContainKeys("bank.example", "other.example", "example", "");
  }

  @Test
  void leavesThisHostsOwnDomainsToItself() throws IOException {
    assertThat(domains("cluster.local", Set.of("lan", "office"), Set.of("home.lan")))
        .containsKey("office")
        .doesNotContainKey("lan");
  }

  @Test
  void givesNoMoreThanSystemdResolvedTakes() throws IOException {
    Set<String> many =
        IntStream.range(0, 1_000).mapToObj(i -> "team-" + i).collect(Collectors.toSet());

    assertThat(domains("cluster.local", many, Set.of()))
        .hasSize(250)
        .containsEntry("cluster.local", false)
        .containsKeys("svc", "shop");
  }

  @Test
  void keepsShortNamesHoweverManyAddressesWereResolvedTo() throws IOException {
    List<Prefix> seen =
        IntStream.range(0, 1_000)
            .mapToObj(i -> Prefix.parse("10.244.%d.%d/32".formatted(i / 250, i % 250)))
            .collect(Collectors.toCollection(ArrayList::new));
    seen.add(Prefix.parse("10.96.0.0/16"));
    Prefix services = Prefix.parse("fd00:10:96::/112");
    seen.add(services);

    assertThat(domains("cluster.local", Set.of("office"), Set.of(), seen))
        .hasSize(250)
        .containsKeys("svc", "default", "kube-system", "shop", "office", "96.10.in-addr.arpa")
        .containsKeys(ReverseZones.of(services).toArray(String[]::new));
  }

  private static Map<String, Boolean> domains(
      String clusterDomain, Set<String> namespaces, Set<String> own) throws IOException {
    return domains(clusterDomain, namespaces, own, List.of(Prefix.parse("10.96.0.0/16")));
  }

  private static Map<String, Boolean> domains(
      String clusterDomain, Set<String> namespaces, Set<String> own, List<Prefix> reverse)
      throws IOException {
    ClusterNames names =
        new ClusterNames(
            List.of(Addresses.parse("10.96.0.10")),
            List.of(
                "shop.svc." + clusterDomain,
                "svc." + clusterDomain,
                clusterDomain,
                "other.example"),
            5,
            reverse,
            namespaces);
    try (NameStub stub = NameStub.start(names, own, (_, tell) -> tell.run())) {
      return LinkDomains.of(stub, names, own);
    }
  }
}
