package dev.teletun.client.cluster.prefix;

import dev.teletun.client.host.route.Admission;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.address.PrefixAlgebra;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes prefixes of what is known of each kind, from the best source that says anything.
 *
 * <pre>
 *   Services: ServiceCIDR API, kubeadm's configuration, the API server's flags,
 *             observed cluster IPs and name servers
 *   pods:     kubeadm's configuration, the nodes' blocks, the controller manager's flags,
 *             Calico's pools, Cilium's nodes, observed pods
 * </pre>
 *
 * A source for pods is believed if it holds the address of the pod that this host is.
 */
final class PrefixLadder {
  private static final int OBSERVED_SERVICES_V4 = 20;
  private static final int OBSERVED_SERVICES_V6 = 112;
  private static final int OBSERVED_PODS_V4 = 24;
  private static final int OBSERVED_PODS_V6 = 64;
  private static final int MOST_PREFIXES = 4_096;
  private static final int MOST_SKIPPED = 200;

  private final Map<Kind, Follower.Known> known;
  private final List<InetAddress> pod;
  private final List<InetAddress> nameServers;
  private final List<Rung> rungs = new ArrayList<>();
  private final Set<InetAddress> hosts = new LinkedHashSet<>();
  private final Set<Skipped> skipped = new LinkedHashSet<>();
  private final Set<Kind> missing = EnumSet.noneOf(Kind.class);

  /** A prefix and who says so. */
  record Rung(Prefix prefix, String source, Confidence confidence) {}

  /**
   * Climbs.
   *
   * @param pod addresses of the pod that this host is
   * @param nameServers that the pod uses
   * @param withHosts whether the addresses of Services and pods are wanted one by one
   */
  PrefixLadder(
      Map<Kind, Follower.Known> known,
      List<InetAddress> pod,
      List<InetAddress> nameServers,
      boolean withHosts) {
    this.known = new EnumMap<>(Kind.class);
    this.known.putAll(known);
    this.pod = pod;
    this.nameServers = nameServers;
    Set<InetAddress> services = addresses(Kind.SERVICES, "Service");
    Set<InetAddress> pods = addresses(Kind.PODS, "Pod");
    Set<InetAddress> endpoints = addresses(Kind.ENDPOINT_SLICES, "EndpointSlice");
    services(services);
    pods(pods);
    hosts.addAll(services);
    hosts.addAll(pods);
    hosts.addAll(endpoints);
    if (withHosts) {
      missing.add(Kind.SERVICES);
      missing.add(Kind.PODS);
    }
    if (missing.contains(Kind.PODS) && of(Kind.PODS).status() != 0) {
      missing.add(Kind.ENDPOINT_SLICES);
    }
  }

  List<Rung> rungs() {
    return rungs;
  }

  Set<InetAddress> hosts() {
    return hosts;
  }

  Set<String> namespaces() {
    return of(Kind.NAMESPACES).objects().keySet();
  }

  List<Skipped> skipped() {
    return List.copyOf(skipped);
  }

  /** What has to be known, too. */
  Set<Kind> missing() {
    return missing;
  }

  private Follower.Known of(Kind kind) {
    return known.getOrDefault(kind, Follower.Known.NOTHING);
  }

  private void services(Set<InetAddress> observed) {
    List<Prefix> found = prefixes(Kind.SERVICE_CIDRS, "ServiceCIDR", "");
    if (!found.isEmpty()) {
      add(found, "ServiceCIDR API", Confidence.HIGH);
      return;
    }
    found = prefixes(Kind.KUBEADM_CONFIG, "ConfigMap", Kind.SERVICE_SUBNET);
    if (!found.isEmpty()) {
      boolean confirmed = nameServers.stream().anyMatch(holdsIn(found)::apply);
      add(found, "kubeadm-config", confirmed ? Confidence.HIGH : Confidence.MEDIUM);
      return;
    }
    found = prefixes(Kind.COMPONENTS, "Pod", Kind.SERVICE_SUBNET);
    if (!found.isEmpty()) {
      add(found, "the API server's flags", Confidence.HIGH);
      return;
    }
    missing.add(Kind.COMPONENTS);
    missing.add(Kind.SERVICES);
    Set<InetAddress> seen = new LinkedHashSet<>(observed);
    nameServers.stream().filter(s -> Admission.refusal(s).isEmpty()).forEach(seen::add);
    add(
        widened(seen, OBSERVED_SERVICES_V4, OBSERVED_SERVICES_V6),
        observed.isEmpty() ? "the pod's name servers" : "observed Services",
        Confidence.LOW);
  }

  private void pods(Set<InetAddress> observed) {
    List<Prefix> subnet = believed(Kind.KUBEADM_CONFIG, "ConfigMap", Kind.POD_SUBNET);
    add(subnet, "kubeadm-config", Confidence.HIGH);
    List<Prefix> nodes = believed(Kind.NODES, "Node", "");
    add(
        nodes.stream().filter(n -> subnet.stream().noneMatch(s -> s.contains(n))).toList(),
        "the nodes' podCIDRs",
        Confidence.HIGH);
    List<Prefix> sure = new ArrayList<>(subnet);
    sure.addAll(nodes);
    if (holdPod(sure)) {
      return;
    }
    boolean asked = network(sure, Kind.COMPONENTS, "Pod", "the controller manager's flags");
    asked &= network(sure, Kind.CALICO_POOLS, "IPPool", "Calico's IPPools");
    asked &= network(sure, Kind.CILIUM_NODES, "CiliumNode", "Cilium's CiliumNodes");
    if (holdPod(sure) || !asked) {
      return;
    }
    missing.add(Kind.PODS);
    Set<InetAddress> elsewhere = new LinkedHashSet<>(observed);
    elsewhere.removeIf(holdsIn(sure)::apply);
    add(widened(elsewhere, OBSERVED_PODS_V4, OBSERVED_PODS_V6), "observed pods", Confidence.LOW);
  }

  private boolean holdPod(List<Prefix> prefixes) {
    return pod.stream().allMatch(holdsIn(prefixes)::apply);
  }

  /** Adds what it says to {@code sure}; false while it has not been asked. */
  private boolean network(List<Prefix> sure, Kind kind, String what, String source) {
    missing.add(kind);
    List<Prefix> said = believed(kind, what, kind == Kind.COMPONENTS ? Kind.POD_SUBNET : "");
    add(
        said.stream().filter(p -> sure.stream().noneMatch(s -> s.contains(p))).toList(),
        source,
        Confidence.HIGH);
    sure.addAll(said);
    return of(kind).settled();
  }

  private interface Holds {
    boolean apply(InetAddress address);
  }

  private static Holds holdsIn(List<Prefix> prefixes) {
    return address -> prefixes.stream().anyMatch(p -> p.contains(address));
  }

  /** Those of the family of an address of the pod that one of them holds. */
  private List<Prefix> believed(Kind kind, String what, String label) {
    List<Prefix> all = prefixes(kind, what, label);
    List<Prefix> believed = new ArrayList<>();
    for (boolean ipv6 : new boolean[] {false, true}) {
      List<Prefix> family = all.stream().filter(p -> p.isIpv6() == ipv6).toList();
      if (pod.stream().anyMatch(holdsIn(family)::apply)) {
        believed.addAll(family);
      } else if (!family.isEmpty()) {
        skip(
            "%s %s".formatted(what, family.getFirst()),
            "and others of its kind do not hold this pod's own address: the network numbers pods otherwise");
      }
    }
    return believed;
  }

  /** What objects of a kind say, as few as can be; what begins with another label is left out. */
  private List<Prefix> prefixes(Kind kind, String what, String label) {
    Set<Prefix> found = new LinkedHashSet<>();
    of(kind)
        .objects()
        .forEach((name, texts) -> {
          for (String text : texts) {
            if (text.startsWith(label)) {
              parsed(what + " " + name, text.substring(label.length())).ifPresent(found::add);
            }
          }
        });
    List<Prefix> united = PrefixAlgebra.union(found);
    if (united.size() > MOST_PREFIXES) {
      skip("%d prefixes of %ss".formatted(united.size(), what), "are more than a cluster has");
      return List.of();
    }
    return united;
  }

  private Optional<Prefix> parsed(String of, String text) {
    try {
      Prefix prefix = Prefix.parse(text);
      Optional<String> refusal = Admission.refusal(prefix);
      refusal.ifPresent(why -> skip("%s of %s".formatted(prefix, of), why));
      return refusal.isEmpty() ? Optional.of(prefix) : Optional.empty();
    } catch (IllegalArgumentException _) {
      skip("\"%s\" of %s".formatted(text, of), "is no prefix");
      return Optional.empty();
    }
  }

  private Set<InetAddress> addresses(Kind kind, String what) {
    Set<InetAddress> found = new LinkedHashSet<>();
    Follower.Known objects = of(kind);
    if (objects.overflown()) {
      skip("some %ss".formatted(what), "are left out: there are too many");
    }
    int[] headless = {0};
    objects
        .objects()
        .forEach((name, texts) -> {
          for (String text : texts) {
            if (text.equals("None")) {
              headless[0]++;
            } else {
              address(what, name, text).ifPresent(found::add);
            }
          }
        });
    if (headless[0] > 0) {
      skip("%d %ss".formatted(headless[0], what), "are headless: their pods have addresses");
    }
    return found;
  }

  private Optional<InetAddress> address(String what, String name, String text) {
    try {
      InetAddress address = Addresses.parse(text);
      Optional<String> refusal = Admission.refusal(address);
      refusal.ifPresent(why -> skip("%s of %s %s".formatted(text, what, name), why));
      return refusal.isEmpty() ? Optional.of(address) : Optional.empty();
    } catch (IllegalArgumentException _) {
      skip("\"%s\" of %s %s".formatted(text, what, name), "is no address");
      return Optional.empty();
    }
  }

  private static List<Prefix> widened(Set<InetAddress> seen, int v4, int v6) {
    List<Prefix> wide =
        seen.stream()
            .filter(Admission::isPrivate)
            .map(a -> new Prefix(a, a.getAddress().length == 4 ? v4 : v6))
            .toList();
    return PrefixAlgebra.union(wide);
  }

  private void add(List<Prefix> prefixes, String source, Confidence confidence) {
    prefixes.forEach(prefix -> rungs.add(new Rung(prefix, source, confidence)));
  }

  private void skip(String what, String why) {
    if (skipped.size() < MOST_SKIPPED) {
      skipped.add(new Skipped(what, why));
    }
  }
}
