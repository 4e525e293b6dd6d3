package dev.teletun.protocol.control;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.StringTokenizer;

/** Takes a resolv.conf in line by line and keeps what is on the whitelist. */
final class ResolvConfLines {

  // Limits of glibc, resolv/resolv.h
  private static final int MOST_NDOTS = 15;
  private static final int MOST_TIMEOUT_SECONDS = 30;
  private static final int MOST_ATTEMPTS = 5;

  private static final int MOST_IGNORED_SHOWN = 20;

  final List<InetAddress> nameServers = new ArrayList<>();
  final List<String> search = new ArrayList<>();
  OptionalInt ndots = OptionalInt.empty();
  OptionalInt timeoutSeconds = OptionalInt.empty();
  OptionalInt attempts = OptionalInt.empty();

  private final List<String> ignored = new ArrayList<>();
  private int ignoredInAll;

  void read(String line) {
    if (line.isBlank() || line.startsWith("#") || line.startsWith(";")) {
      return;
    }
    if (line.chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
      ignore(line, "control characters");
      return;
    }
    StringTokenizer words = new StringTokenizer(line, " \t");
    switch (words.nextToken()) {
      case "nameserver" -> readNameServer(words);
      case "search", "domain" -> readSearch(words);
      case "options" -> readOptions(words);
      default -> ignore(line, "unknown");
    }
  }

  /** What was skipped, cut at a bound. */
  List<String> ignored() {
    if (ignoredInAll > ignored.size()) {
      ignored.add("and %d more".formatted(ignoredInAll - ignored.size()));
      ignoredInAll = ignored.size();
    }
    return List.copyOf(ignored);
  }

  private void readNameServer(StringTokenizer words) {
    String text = words.hasMoreTokens() ? words.nextToken() : "";
    InetAddress server;
    try {
      server = Addresses.parse(text);
    } catch (IllegalArgumentException _) {
      ignore("nameserver " + text, "not an IP address");
      return;
    }
    // The unspecified address means the pod's own host to glibc, as the loopback does.
    if (server.isLoopbackAddress() || server.isAnyLocalAddress()) {
      ignore("nameserver " + text, "reachable inside the pod only");
    } else if (server.isMulticastAddress()
        || server.getHostAddress().equals("255.255.255.255")
        || nameServers.contains(server)) {
      ignore("nameserver " + text, "a multicast or broadcast address, or twice");
    } else if (nameServers.size() == ResolvConf.MOST_NAME_SERVERS) {
      ignore("nameserver " + text, "more than " + ResolvConf.MOST_NAME_SERVERS);
    } else {
      nameServers.add(server);
    }
  }

  /** The last such line wins, as in glibc. */
  private void readSearch(StringTokenizer words) {
    search.clear();
    while (words.hasMoreTokens()) {
      String text = words.nextToken();
      DomainNames.canonical(text)
          .ifPresentOrElse(name -> addSearch(name), () -> ignore("search " + text, "not a domain"));
    }
  }

  private void addSearch(String name) {
    if (search.size() == ResolvConf.MOST_SEARCH_DOMAINS) {
      ignore("search " + name, "more than " + ResolvConf.MOST_SEARCH_DOMAINS);
    } else if (!search.contains(name)) {
      search.add(name);
    }
  }

  private void readOptions(StringTokenizer words) {
    while (words.hasMoreTokens()) {
      String option = words.nextToken();
      int colon = option.indexOf(':');
      OptionalInt value = number(option.substring(colon + 1));
      String name = value.isPresent() ? option.substring(0, Math.max(colon, 0)) : "";
      switch (name) {
        case "ndots" -> ndots = capped(value, 0, MOST_NDOTS);
        case "timeout" -> timeoutSeconds = capped(value, 1, MOST_TIMEOUT_SECONDS);
        case "attempts" -> attempts = capped(value, 1, MOST_ATTEMPTS);
        default -> ignore("options " + option, "unknown");
      }
    }
  }

  private static OptionalInt number(String digits) {
    return digits.matches("[0-9]{1,6}")
        ? OptionalInt.of(Integer.parseInt(digits))
        : OptionalInt.empty();
  }

  private static OptionalInt capped(OptionalInt value, int least, int most) {
    return OptionalInt.of(Math.clamp(value.orElseThrow(), least, most));
  }

  private void ignore(String what, String why) {
    ignoredInAll++;
    if (ignored.size() < MOST_IGNORED_SHOWN) {
      ignored.add(ControlException.shown(what) + ": " + why);
    }
  }
}
