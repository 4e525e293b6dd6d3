package dev.teletun.client.dns.way;

import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the name servers that the host's resolv.conf names.
 *
 * <p>One thread. Polled, because the file may be a link, be replaced or be bind-mounted, and
 * inotify misses one of these each.
 */
public final class NameServers {
  private static final int LARGEST_FILE = 64 * 1024;
  private static final int MOST_SERVERS = 16; // glibc takes 3, others take more

  private final Path file;
  private @Nullable Seen seen;

  NameServers(Path resolvConf) {
    file = resolvConf;
  }

  /**
   * The name servers, if the file has changed since the last call or was never read.
   *
   * @throws IOException if it cannot be read, perhaps only for the moment in which it is replaced
   */
  Optional<Set<InetAddress>> changed() throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    Seen state =
        new Seen(now.size(), now.lastModifiedTime().toString(), String.valueOf(now.fileKey()));
    if (state.equals(seen)) {
      return Optional.empty();
    }
    if (now.size() > LARGEST_FILE) {
      throw new IOException(
          "%s has %d bytes, which no resolver expects: at most %d"
              .formatted(file, now.size(), LARGEST_FILE));
    }
    Set<InetAddress> servers = parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    seen = state;
    return Optional.of(servers);
  }

  /** Servers in order; where none is named it is the one on this host (resolv.conf(5)). */
  public static Set<InetAddress> parse(String resolvConf) {
    List<InetAddress> servers = new ArrayList<>();
    for (String line : resolvConf.lines().toList()) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length >= 2 && words[0].equals("nameserver")) {
        address(words[1]).ifPresent(servers::add);
      }
    }
    if (servers.isEmpty()) {
      servers.add(Addresses.parse("127.0.0.1"));
    }
    return new LinkedHashSet<>(servers.subList(0, Math.min(servers.size(), MOST_SERVERS)));
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

  /** What tells one state of the file from the next; the key holds device and inode. */
  private record Seen(long size, String modified, String key) {}
}
