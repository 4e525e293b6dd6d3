package dev.teletun.client.host.route;

import dev.teletun.protocol.control.NulTerminated;
import dev.teletun.protocol.control.ResolvConf;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The name servers and domains of this host: what the server says must not take their place. */
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
    for (ResolvConf conf : parsed(files)) {
      servers.addAll(conf.nameServers());
    }
    return servers;
  }

  /** The domains that this host's resolver appends to short names. */
  public static Set<String> searchDomains() throws IOException {
    Set<String> domains = new LinkedHashSet<>();
    for (ResolvConf conf : parsed(FILES)) {
      domains.addAll(conf.search());
    }
    return domains;
  }

  private static List<ResolvConf> parsed(List<Path> files) throws IOException {
    List<ResolvConf> parsed = new ArrayList<>();
    for (Path file : files) {
      try {
        parsed.add(ResolvConf.parse(Files.readString(file, NulTerminated.CHARSET)));
      } catch (NoSuchFileException _) {
        // One resolver's file is not there on a host of the other.
      }
    }
    return parsed;
  }
}
