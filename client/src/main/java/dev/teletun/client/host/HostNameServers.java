package dev.teletun.client.host;

import dev.teletun.protocol.control.NulTerminated;
import dev.teletun.protocol.control.ResolvConf;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The name servers that this host uses: what the server says must not take their place. */
public final class HostNameServers {
  // The second names the servers behind systemd-resolved's stub, systemd-resolved.service(8).
  private static final List<Path> FILES =
      List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

  private HostNameServers() {}

  /** Those that are not on this host itself; a file that is not there names none. */
  public static Set<InetAddress> read() throws IOException {
    return read(FILES);
  }

  static Set<InetAddress> read(List<Path> files) throws IOException {
    Set<InetAddress> servers = new LinkedHashSet<>();
    for (Path file : files) {
      try {
        String text = Files.readString(file, NulTerminated.CHARSET);
        servers.addAll(ResolvConf.parse(text).nameServers());
      } catch (NoSuchFileException _) {
        // One resolver's file is not there on a host of the other.
      }
    }
    return servers;
  }
}
