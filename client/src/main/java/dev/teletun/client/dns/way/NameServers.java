package dev.teletun.client.dns.way;

import dev.teletun.client.dns.registry.ResolverLines;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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
  private @Nullable Seen last;

  NameServers(Path resolvConf) {
    file = resolvConf;
  }

  /**
   * The name servers, if the file has changed since the last call or was never read.
   *
   * @throws IOException if it cannot be read, perhaps only for the moment in which it is replaced
   */
  Optional<Set<InetAddress>> changed() throws IOException {
    Seen state = look();
    boolean justGone = state.equals(Seen.NOTHING) && !state.equals(last) && seen != null;
    last = state;
    if (justGone || state.equals(seen)) {
      return Optional.empty(); // some who replace a file remove it first
    }
    if (state.size() > LARGEST_FILE) {
      throw new IOException(
          "%s has %d bytes, which no resolver expects: at most %d"
              .formatted(file, state.size(), LARGEST_FILE));
    }
    Set<InetAddress> servers = parse(text(file));
    seen = state;
    return Optional.of(servers);
  }

  private Seen look() throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Seen(now.size(), now.lastModifiedTime().toString(), String.valueOf(now.fileKey()));
    } catch (NoSuchFileException _) {
      return Seen.NOTHING;
    }
  }

  /** Servers in order; where none is named it is the one on this host (resolv.conf(5)). */
  public static Set<InetAddress> parse(String resolvConf) {
    return new LinkedHashSet<>(orThisHost(ResolverLines.parse(resolvConf).servers()));
  }

  /** The first of them, not all of very many; this host where there is none. */
  static List<InetAddress> orThisHost(List<InetAddress> servers) {
    return servers.isEmpty()
        ? List.of(Addresses.parse("127.0.0.1"))
        : servers.subList(0, Math.min(servers.size(), MOST_SERVERS));
  }

  /** What a file says now; one that is not there, or a link to nothing, names no server. */
  public static String text(Path resolvConf) throws IOException {
    try {
      return Files.readString(resolvConf, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      return "";
    }
  }

  /** What tells one state of the file from the next; the key holds device and inode. */
  private record Seen(long size, String modified, String key) {
    static final Seen NOTHING = new Seen(0, "", "");
  }
}
