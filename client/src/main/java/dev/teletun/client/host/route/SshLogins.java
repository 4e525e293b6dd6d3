package dev.teletun.client.host.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.teletun.linux.diag.SocketTable;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the user of this process, or root, has logged in from by ssh. Only whom sshd has let in
 * counts, as the environment of his processes says (SSH_CONNECTION, ssh(1)), while the connection
 * is established: who merely connects could otherwise take an address out of the tunnel.
 */
final class SshLogins {
  private static final Path PROC = Path.of("/proc");
  private static final Pattern CONNECTION =
      Pattern.compile("(?:^|\\x00)SSH_CONNECTION=(\\S+) (\\d{1,5}) (\\S+) (\\d{1,5})(?:\\x00|$)");

  private SshLogins() {}

  /** The other ends of the logins there are now. */
  static Set<InetAddress> peers() throws IOException {
    Set<SocketTable.Ends> said = new LinkedHashSet<>();
    Set<Integer> users = users();
    try (Stream<Path> processes = Files.list(PROC)) {
      processes
          .filter(p -> p.getFileName().toString().chars().allMatch(Character::isDigit))
          .forEach(p -> saidBy(p, users).ifPresent(said::add));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Set<InetAddress> peers = new LinkedHashSet<>();
    if (!said.isEmpty()) {
      try (SocketTable sockets = SocketTable.open()) {
        said.retainAll(sockets.established());
      } catch (SyscallException _) {
        // Without CONFIG_INET_DIAG what the environments say has to do.
      }
      said.forEach(ends -> peers.add(ends.remote().getAddress()));
    }
    return peers;
  }

  /** The one that this process runs as, who called sudo for it, and root. */
  private static Set<Integer> users() {
    Set<Integer> users = new HashSet<>(List.of(0, Libc.getuid()));
    String caller = System.getenv("SUDO_UID");
    if (caller != null && caller.matches("\\d{1,9}")) {
      users.add(Integer.valueOf(caller));
    }
    return users;
  }

  private static Optional<SocketTable.Ends> saidBy(Path process, Set<Integer> users) {
    try {
      return users.contains((Integer) Files.getAttribute(process, "unix:uid"))
          ? parse(Files.readString(process.resolve("environ"), ISO_8859_1))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty(); // gone, or not ours to read
    }
  }

  /** What an environment says, as in proc_pid_environ(5). */
  static Optional<SocketTable.Ends> parse(String environ) {
    Matcher said = CONNECTION.matcher(environ);
    try {
      return said.find()
          ? Optional.of(
              new SocketTable.Ends(
                  end(said.group(3), said.group(4)), end(said.group(1), said.group(2))))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static InetSocketAddress end(String address, String port) {
    return new InetSocketAddress(Addresses.parse(address), Integer.parseInt(port));
  }
}
