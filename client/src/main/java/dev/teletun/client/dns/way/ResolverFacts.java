package dev.teletun.client.dns.way;

import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What tells who resolves this host's names.
 *
 * @param resolvConf where {@code nameServers} were read
 * @param nameServers those that resolv.conf names
 * @param hostSources what nsswitch.conf asks for host names, in order, without the actions between
 * @param writer whose product resolv.conf is
 */
record ResolverFacts(
    Path resolvConf, Set<InetAddress> nameServers, List<String> hostSources, Writer writer) {
  private static final Path NSSWITCH = Path.of("/etc/nsswitch.conf");

  /** systemd-resolved.service(8): its stub, and the one that adds nothing of its own. */
  private static final Set<InetAddress> RESOLVED_STUBS =
      Set.of(Addresses.parse("127.0.0.53"), Addresses.parse("127.0.0.54"));

  static ResolverFacts read(Path resolvConf) throws IOException {
    String nsswitch = "";
    try {
      nsswitch = Files.readString(NSSWITCH, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      // Then libc asks files and dns.
    }
    String text = NameServers.text(resolvConf);
    return new ResolverFacts(
        resolvConf, NameServers.parse(text), hostSources(nsswitch), Writer.of(resolvConf, text));
  }

  /** The words of the line {@code hosts:} (nsswitch.conf(5)). */
  static List<String> hostSources(String nsswitch) {
    for (String line : nsswitch.lines().toList()) {
      String text = line.replaceFirst("#.*", "").strip();
      if (text.startsWith("hosts:")) {
        String words = text.substring("hosts:".length()).replaceAll("\\[[^]]*]", " ").strip();
        return List.of(words.split("\\s+", -1));
      }
    }
    return List.of();
  }

  /** Why systemd-resolved answers this host's programs, if it runs; empty if it does not. */
  Optional<String> resolvedInCharge() {
    if (RESOLVED_STUBS.containsAll(nameServers)) {
      return Optional.of(
          "%s names only %s".formatted(resolvConf, Addresses.text(List.copyOf(nameServers))));
    }
    return asksResolvedFirst()
        ? Optional.of("%s asks resolve before dns".formatted(NSSWITCH))
        : Optional.empty();
  }

  /** True if libc asks nss-resolve, and resolv.conf only if that is not there. */
  boolean asksResolvedFirst() {
    int resolve = hostSources.indexOf("resolve");
    int dns = hostSources.indexOf("dns");
    return resolve >= 0 && (dns < 0 || resolve < dns);
  }
}
