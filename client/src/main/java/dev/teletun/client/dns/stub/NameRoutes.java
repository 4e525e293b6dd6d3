package dev.teletun.client.dns.stub;

import dev.teletun.protocol.address.Prefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which names the cluster knows, and which may be short for one; the package page has the rules.
 */
final class NameRoutes {
  private static final int CLASS_IN = 1;

  /** A, CNAME, MX, TXT, AAAA, SRV, SVCB, HTTPS, ANY. */
  private static final Set<Integer> SEARCHED_TYPES = Set.of(1, 5, 15, 16, 28, 33, 64, 65, 255);

  // Programs that ask for these believe whoever answers: a proxy for everything, a tunnel for IPv6.
  private static final Set<String> BELIEVED_BLINDLY = Set.of("wpad", "isatap");

  private final List<String> search;
  private final int ndots;
  private final List<Prefix> reverse;
  private final Set<String> clusterDomains;
  private final Set<String> lastLabels = new HashSet<>(Set.of("svc", "default", "kube-system"));

  /**
   * Routes.
   *
   * @param own names that this host needs: no server can claim them
   */
  NameRoutes(ClusterNames names, Set<String> own) {
    ndots = names.ndots();
    reverse = names.reverse();
    search = names.search().stream().map(NameRoutes::canonical).filter(s -> !s.isEmpty()).toList();
    names.namespaces().stream().filter(ClusterZones::isSearchable).forEach(lastLabels::add);
    ClusterZones zones = ClusterZones.of(search, own);
    clusterDomains = zones.zones();
    lastLabels.addAll(zones.namespaces());
  }

  /** True if only the cluster's servers know the name. */
  boolean isCluster(Question question) {
    String name = question.name();
    if (isBelievedBlindly(name)) {
      return false;
    }
    for (int from = 0; from >= 0; from = afterDot(name, from)) {
      if (clusterDomains.contains(name.substring(from))) {
        return true;
      }
    }
    return ReverseName.parse(name)
        .filter(asked -> reverse.stream().anyMatch(known -> known.contains(asked)))
        .isPresent();
  }

  /** Full names that the question may be short for, in search order; mostly none. */
  List<String> candidates(Question question) {
    String name = question.name();
    if (name.isEmpty()
        || name.equals("localhost")
        || isBelievedBlindly(name)
        || name.contains("\\")
        || question.dnsClass() != CLASS_IN
        || !SEARCHED_TYPES.contains(question.type())
        || !isShort(question)) {
      return List.of();
    }
    List<String> candidates = new ArrayList<>();
    for (String domain : search) {
      String candidate = name + "." + domain;
      if (candidate.length() <= 253) { // RFC 1035 §2.3.4, less the length bytes of both ends
        candidates.add(candidate);
      }
    }
    return candidates;
  }

  /** The domains whose names go to the cluster, for people. */
  Set<String> clusterDomains() {
    return clusterDomains;
  }

  /** Last labels of names that may be short for the cluster's: namespaces, and {@code svc}. */
  Set<String> lastLabels() {
    return Set.copyOf(lastLabels);
  }

  private boolean isShort(Question question) {
    int dots = question.dots();
    String lastLabel = question.name().substring(question.name().lastIndexOf('.') + 1);
    return dots < ndots && (dots == 0 || lastLabels.contains(lastLabel));
  }

  private static boolean isBelievedBlindly(String name) {
    int dot = name.indexOf('.');
    return BELIEVED_BLINDLY.contains(dot < 0 ? name : name.substring(0, dot));
  }

  private static int afterDot(String name, int from) {
    int dot = name.indexOf('.', from);
    return dot < 0 ? -1 : dot + 1;
  }

  private static String canonical(String domain) {
    String lower = domain.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
