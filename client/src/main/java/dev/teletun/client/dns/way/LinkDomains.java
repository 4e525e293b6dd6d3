package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.protocol.address.Prefix;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The domains of the tunnel's link in systemd-resolved: queries below them go to the stub, and to
 * nobody else.
 *
 * <p>A searched domain is routed, too, so that of the pod's search path only those count that are
 * the cluster's. The last labels of short names such as {@code web.shop} are routed, because
 * systemd-resolved searches for single labels alone; none that this host's own domains end with.
 */
final class LinkDomains {
  /** systemd-resolved takes 256 for a link (LINK_SEARCH_DOMAINS_MAX), and refuses all of more. */
  private static final int MOST = 250;

  private LinkDomains() {}

  /** What is known now, in order of importance: true for a domain that is only routed. */
  static Map<String, Boolean> of(NameStub stub, ClusterNames names, Set<String> own) {
    Set<String> zones = stub.clusterDomains();
    Map<String, Boolean> domains = new LinkedHashMap<>();
    for (String entry : names.search()) {
      String domain = canonical(entry);
      if (zones.stream().anyMatch(zone -> isUnder(domain, zone))) {
        domains.putIfAbsent(domain, false);
      }
    }
    route(domains, new TreeSet<>(zones));
    Set<String> labels = new LinkedHashSet<>(List.of("svc"));
    names.search().forEach(entry -> labels.add(entry.replaceFirst("\\..*", ""))); // the pod's own
    labels.retainAll(stub.lastLabels());
    labels.addAll(new TreeSet<>(stub.lastLabels()));
    labels.removeIf(label -> own.stream().anyMatch(name -> isUnder(canonical(name), label)));
    route(domains, labels);
    // Last, and the widest first: each address that a name was resolved to may be one of them.
    names.reverse().stream()
        .sorted(Comparator.comparingInt(LinkDomains::narrowness))
        .forEachOrdered(prefix -> route(domains, ReverseZones.of(prefix)));
    return domains;
  }

  /** More for a smaller prefix, of either family. */
  private static int narrowness(Prefix prefix) {
    return prefix.length() - (prefix.isIpv6() ? 128 : 32);
  }

  private static void route(Map<String, Boolean> domains, Collection<String> more) {
    for (String domain : more) {
      if (domains.size() < MOST) {
        domains.putIfAbsent(domain, true);
      }
    }
  }

  private static boolean isUnder(String name, String domain) {
    return name.equals(domain) || name.endsWith("." + domain);
  }

  private static String canonical(String domain) {
    String lower = domain.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
