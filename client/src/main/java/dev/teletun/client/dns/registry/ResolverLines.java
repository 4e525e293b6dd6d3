package dev.teletun.client.dns.registry;

import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a resolv.conf says (resolv.conf(5)), in order and without what is there twice.
 *
 * @param servers none of them made up: empty if none is named
 * @param search domains of the lines {@code search} and {@code domain}
 * @param options as they are written, such as {@code timeout:3}
 */
public record ResolverLines(List<InetAddress> servers, List<String> search, List<String> options) {
  private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9_.-]{1,253}");
  private static final Pattern OPTION = Pattern.compile("[A-Za-z0-9:_-]{1,64}");

  /** Copies the lists. */
  public ResolverLines {
    servers = List.copyOf(servers);
    search = List.copyOf(search);
    options = List.copyOf(options);
  }

  /** Reads one file, or several one after the other; skips what no resolver would take. */
  public static ResolverLines parse(String text) {
    Set<InetAddress> servers = new LinkedHashSet<>();
    Set<String> search = new LinkedHashSet<>();
    Set<String> options = new LinkedHashSet<>();
    for (String line : text.lines().toList()) {
      List<String> words = List.of(line.strip().split("\\s+", -1));
      List<String> values = words.subList(1, words.size());
      switch (words.getFirst()) {
        case "nameserver" ->
            values.stream().limit(1).forEach(v -> address(v).ifPresent(servers::add));
        case "search", "domain" -> values.stream().filter(matching(DOMAIN)).forEach(search::add);
        case "options" -> values.stream().filter(matching(OPTION)).forEach(options::add);
        default -> {
          // A comment, or what glibc does not know either.
        }
      }
    }
    return new ResolverLines(
        new ArrayList<>(servers), new ArrayList<>(search), new ArrayList<>(options));
  }

  private static Predicate<String> matching(Pattern pattern) {
    return pattern.asMatchPredicate();
  }

  private static Optional<InetAddress> address(String word) {
    int zone = word.indexOf('%');
    try {
      InetAddress address = Addresses.parse(zone < 0 ? word : word.substring(0, zone));
      if (zone < 0 || !(address instanceof Inet6Address)) {
        return Optional.of(address);
      }
      NetworkInterface link = NetworkInterface.getByName(word.substring(zone + 1));
      return link == null
          ? Optional.empty()
          : Optional.of(Inet6Address.getByAddress(null, address.getAddress(), link.getIndex()));
    } catch (IllegalArgumentException | IOException e) {
      return Optional.empty(); // a resolver skips what it cannot read, too
    }
  }

  /** A resolv.conf with these servers alone, which searches what this one does. */
  String naming(List<InetAddress> stubs) {
    StringBuilder text = new StringBuilder();
    if (!search.isEmpty()) {
      text.append("search ").append(String.join(" ", search)).append('\n');
    }
    if (!options.isEmpty()) {
      text.append("options ").append(String.join(" ", options)).append('\n');
    }
    for (InetAddress stub : stubs) {
      text.append("nameserver ").append(Addresses.text(stub)).append('\n');
    }
    return text.toString();
  }
}
