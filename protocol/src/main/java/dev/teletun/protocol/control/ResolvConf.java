package dev.teletun.protocol.control;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringTokenizer;

/**
 * What is believed of a pod's {@code resolv.conf(5)}, step 3 of the control protocol: name servers,
 * search domains and three options. Everything else is skipped and can be listed. Immutable.
 *
 * <p>Only {@link #format}, never the text that was received, may reach a file or a program.
 */
public final class ResolvConf {

  /** Longest text in bytes. */
  public static final int LIMIT_BYTES = 64 * 1024;

  /** Most name servers, glibc's MAXNS. */
  public static final int MOST_NAME_SERVERS = 3;

  /** Most search domains, what Kubernetes allows in a pod. */
  public static final int MOST_SEARCH_DOMAINS = 32;

  private static final int DEFAULT_NDOTS = 1;

  private final List<InetAddress> nameServers;
  private final List<String> search;
  private final OptionalInt ndots;
  private final OptionalInt timeoutSeconds;
  private final OptionalInt attempts;
  private final List<String> ignored;

  ResolvConf(ResolvConfLines read) {
    nameServers = List.copyOf(read.nameServers);
    search = List.copyOf(read.search);
    ndots = read.ndots;
    timeoutSeconds = read.timeoutSeconds;
    attempts = read.attempts;
    ignored = read.ignored();
  }

  /**
   * Reads {@code text}, whatever it holds.
   *
   * @throws ControlException only if it is longer than {@link #LIMIT_BYTES}
   */
  public static ResolvConf parse(String text) throws ControlException {
    if (text.length() > LIMIT_BYTES) {
      throw new ControlException(
          "the server's resolv.conf has %d bytes, at most %d are accepted: is this a TeleTUN server?"
              .formatted(text.length(), LIMIT_BYTES));
    }
    ResolvConfLines lines = new ResolvConfLines();
    StringTokenizer split = new StringTokenizer(text, "\n"); // a CR ends no line to glibc
    while (split.hasMoreTokens()) {
      lines.read(split.nextToken());
    }
    return new ResolvConf(lines);
  }

  /** Name servers in their order, none of them on the loopback of the pod. */
  public List<InetAddress> nameServers() {
    return nameServers;
  }

  /** Search domains in their order, in lower case, without final dots. */
  public List<String> search() {
    return search;
  }

  /** Names with fewer dots are searched first. */
  public int ndots() {
    return ndots.orElse(DEFAULT_NDOTS);
  }

  /** How long to wait for one answer. */
  public OptionalInt timeoutSeconds() {
    return timeoutSeconds;
  }

  /** How often to ask each name server. */
  public OptionalInt attempts() {
    return attempts;
  }

  /** What was skipped, and why, safe to print; bounded. */
  public List<String> ignored() {
    return ignored;
  }

  /** The domain X of a pod's search path {@code NAMESPACE.svc.X svc.X X}. */
  public Optional<String> clusterDomain() {
    return podDomain().map(name -> name.substring(name.indexOf(".svc.") + ".svc.".length()));
  }

  /** The namespace of such a search path. */
  public Optional<String> namespace() {
    return podDomain().map(name -> name.substring(0, name.indexOf('.')));
  }

  /** A resolv.conf that holds what was believed and nothing else. */
  public String format() {
    StringBuilder text = new StringBuilder();
    if (!search.isEmpty()) {
      text.append("search ").append(String.join(" ", search)).append('\n');
    }
    nameServers.forEach(s -> text.append("nameserver ").append(s.getHostAddress()).append('\n'));
    ndots.ifPresent(n -> text.append("options ndots:").append(n).append('\n'));
    timeoutSeconds.ifPresent(n -> text.append("options timeout:").append(n).append('\n'));
    attempts.ifPresent(n -> text.append("options attempts:").append(n).append('\n'));
    return text.toString();
  }

  private Optional<String> podDomain() {
    return search.stream().filter(this::isPodDomain).findFirst();
  }

  private boolean isPodDomain(String name) {
    int dot = name.indexOf('.');
    if (dot < 0 || !name.startsWith(".svc.", dot)) {
      return false;
    }
    String services = name.substring(dot + 1);
    return search.contains(services) && search.contains(services.substring("svc.".length()));
  }
}
