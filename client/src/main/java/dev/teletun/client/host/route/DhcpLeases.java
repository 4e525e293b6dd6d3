package dev.teletun.client.host.route;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.NulTerminated;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who leased this host its addresses, as DHCP clients write it down: systemd-networkd and what
 * shares its code, and ISC dhclient. A lease counts while this host has its address. NetworkManager
 * with its own DHCP client does not write it down.
 */
final class DhcpLeases {
  static final List<Path> DIRECTORIES =
      List.of(
          Path.of("/run/systemd/netif/leases"),
          Path.of("/var/lib/dhcp"),
          Path.of("/var/lib/NetworkManager"));

  private static final long LARGEST_FILE = 1 << 20;
  private static final String IPV4 = "(\\d{1,3}(?:\\.\\d{1,3}){3})";

  /** An address, or who leased it; of the two kinds of files. */
  private static final Pattern FACT =
      Pattern.compile(
          "^\\s*(?:ADDRESS=|fixed-address )%1$s|^\\s*(?:SERVER_ADDRESS=|option dhcp-server-identifier )%1$s"
              .formatted(IPV4),
          Pattern.MULTILINE);

  private DhcpLeases() {}

  /**
   * The servers.
   *
   * @param own addresses of this host
   */
  static Set<InetAddress> servers(List<Path> directories, Collection<InetAddress> own) {
    Set<InetAddress> servers = new LinkedHashSet<>();
    for (Path directory : directories) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.sorted().toList()) {
          servers.addAll(serversIn(file, own));
        }
      } catch (IOException | UncheckedIOException _) {
        // Another DHCP client's host, or not ours to read.
      }
    }
    return servers;
  }

  private static Set<InetAddress> serversIn(Path file, Collection<InetAddress> own)
      throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_FILE) {
      return Set.of();
    }
    Set<InetAddress> servers = new LinkedHashSet<>();
    boolean ours = false;
    Matcher fact = FACT.matcher(Files.readString(file, NulTerminated.CHARSET));
    while (fact.find()) { // both kinds of files say the address before the server
      if (fact.group(1) != null) {
        ours = parsed(fact.group(1)).filter(own::contains).isPresent();
      } else if (ours) {
        parsed(fact.group(2)).ifPresent(servers::add);
      }
    }
    return servers;
  }

  private static Optional<InetAddress> parsed(String text) {
    try {
      return Optional.of(Addresses.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
