package dev.teletun.client.dns.stub;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a pod's search path says of the cluster's names, believed as far as a server may be: it may
 * name its cluster, and take no name from anybody else.
 *
 * <p>A kubelet writes {@code NAMESPACE.svc.DOMAIN svc.DOMAIN DOMAIN}, with any DOMAIN that the
 * administrator likes; a hostile server can write the same with a bank's domain. So of DOMAIN only
 * the zones count that Kubernetes itself fills (DNS-Based Service Discovery, §2), in which a bank
 * has no names.
 *
 * @param zones domains whose names go to the cluster; empty if the path is not a pod's
 * @param namespaces last labels of short names, one at most: the pod's own namespace
 */
record ClusterZones(Set<String> zones, Set<String> namespaces) {
  private static final String DEFAULT_DOMAIN = "cluster.local";
  private static final List<String> FILLED_BY_KUBERNETES = List.of("svc.", "pod.", "dns-version.");

  // Below these anybody may register a name: com, uk, co.uk. Not the whole public suffix list.
  private static final Pattern TOP_LEVEL =
      Pattern.compile("[a-z]{2}|arpa|biz|com|edu|gov|info|int|mil|net|onion|org");
  private static final Pattern REGISTRY =
      Pattern.compile("(ac|co|com|edu|gob|gov|gv|ltd|mil|ne|net|nom|or|org)\\.[a-z]{2}");

  /**
   * Reads a search path in canonical form.
   *
   * @param own names that this host needs: none of them is ever in a zone
   */
  static ClusterZones of(List<String> search, Set<String> own) {
    for (int i = 0; i + 2 < search.size(); i++) {
      String domain = search.get(i + 2);
      String namespace = search.get(i).substring(0, Math.max(0, search.get(i).indexOf('.')));
      if (!namespace.isEmpty()
          && search.get(i + 1).equals("svc." + domain)
          && search.get(i).equals(namespace + ".svc." + domain)) {
        return new ClusterZones(
            zones(domain, own), isSearchable(namespace) ? Set.of(namespace) : Set.of());
      }
    }
    return new ClusterZones(Set.of(), Set.of());
  }

  private static Set<String> zones(String domain, Set<String> own) {
    if (domain.equals(DEFAULT_DOMAIN)) {
      return Set.of(domain); // nobody else's: RFC 6762 keeps .local out of the public tree
    }
    if (!domain.contains(".") || REGISTRY.matcher(domain).matches()) {
      return Set.of();
    }
    return FILLED_BY_KUBERNETES.stream()
        .map(zone -> zone + domain)
        .filter(zone -> own.stream().noneMatch(name -> isUnder(name, zone)))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** A namespace may be called {@code com}: {@code bank.com} is no service in it. */
  static boolean isSearchable(String namespace) {
    return !TOP_LEVEL.matcher(namespace).matches();
  }

  private static boolean isUnder(String name, String zone) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals(zone) || lower.endsWith("." + zone);
  }
}
