package dev.teletun.client.cluster.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixLadderTest {
  private static final List<InetAddress> POD =
      List.of(Addresses.parse("10.244.3.7"), Addresses.parse("fd00:244:3::7"));
  private static final List<InetAddress> DNS = List.of(Addresses.parse("10.96.0.10"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "127.0.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "ff02::1",
        "10.96.0",
        "10.96.0.1/16",
        "web.shop",
        "$(reboot)"
      })
  void skipsAnAddressThatIsNoServices(String hostile) {
    PrefixLadder ladder = climb(Map.of(Kind.SERVICES, known("shop/evil", hostile)));

    assertThat(ladder.hosts()).isEmpty();
    assertThat(ladder.skipped())
        .singleElement()
        .asString()
        .contains("Service shop/evil")
        .contains(hostile);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/0",
        "::/0",
        "128.0.0.0/1",
        "8.0.0.0/8",
        "127.0.0.0/8",
        "127.0.0.0/24",
        "169.254.0.0/16",
        "224.0.0.0/4",
        "2000::/3",
        "fc00::/7",
        "fe80::/64",
        "10.96.0.0/33",
        "all"
      })
  void skipsAPrefixThatIsNoClusters(String hostile) {
    PrefixLadder ladder = climb(Map.of(Kind.SERVICE_CIDRS, known("evil", hostile)));

    assertThat(ladder.rungs())
        .extracting(PrefixLadder.Rung::confidence)
        .containsOnly(Confidence.LOW);
    assertThat(ladder.skipped()).singleElement().asString().contains("ServiceCIDR evil");
  }

  @ParameterizedTest
  @ValueSource(strings = {"34.118.224.0/20", "2001:db8:1::/112", "10.0.0.0/8", "fd00:96::/108"})
  void believesPrefixesThatClustersDoHave(String prefix) {
    assertThat(climb(Map.of(Kind.SERVICE_CIDRS, known("kubernetes", prefix))).rungs())
        .extracting(rung -> rung.prefix().toString())
        .containsExactly(prefix);
  }

  @Test
  void neverWidensAPublicAddress() {
    PrefixLadder ladder = climb(Map.of(Kind.SERVICES, known("shop/web", "34.118.224.9")));

    assertThat(ladder.hosts()).hasSize(1);
    assertThat(ladder.rungs())
        .extracting(rung -> rung.prefix().toString())
        .containsExactly("10.96.0.0/20");
  }

  @Test
  void saysHowManyServicesAreHeadless() {
    PrefixLadder ladder = climb(Map.of(Kind.SERVICES, known("shop/db", "None")));

    assertThat(ladder.skipped()).singleElement().asString().contains("headless");
  }

  @Test
  void asksForPodsWhereTheNodesBlocksDoNotHoldThisPod() {
    Follower.Known nodes = known("a", "10.42.0.0/24", "fd00:244::/48");
    Follower.Known none = new Follower.Known(true, 404, false, Map.of());
    assertThat(climb(Map.of(Kind.NODES, nodes)).missing())
        .contains(Kind.COMPONENTS, Kind.CALICO_POOLS, Kind.CILIUM_NODES)
        .doesNotContain(Kind.PODS);
    assertThat(
            climb(
                    Map.of(
                        Kind.NODES, nodes,
                        Kind.COMPONENTS, none,
                        Kind.CALICO_POOLS, none,
                        Kind.CILIUM_NODES, none))
                .missing())
        .contains(Kind.PODS);
    assertThat(climb(Map.of(Kind.NODES, known("a", "10.244.3.0/24", "fd00:244:3::/64"))).missing())
        .doesNotContain(Kind.PODS);
  }

  @Test
  void skipsMorePrefixesThanAClusterHas() {
    String[] many = new String[5_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = "10.%d.%d.0/25".formatted(i / 250, i % 250);
    }

    PrefixLadder ladder = climb(Map.of(Kind.SERVICE_CIDRS, known("evil", many)));

    assertThat(ladder.rungs()).hasSize(1);
    assertThat(ladder.skipped()).singleElement().asString().contains("more than a cluster has");
  }

  private static PrefixLadder climb(Map<Kind, Follower.Known> known) {
    return new PrefixLadder(known, POD, DNS, false);
  }

  private static Follower.Known known(String name, String... texts) {
    return new Follower.Known(true, 0, false, Map.of(name, List.of(texts)));
  }
}
