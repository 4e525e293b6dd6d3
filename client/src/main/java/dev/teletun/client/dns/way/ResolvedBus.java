package dev.teletun.client.dns.way;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * systemd-resolved on the system bus (org.freedesktop.resolve1(5)), by way of busctl, which comes
 * with systemd: 17 ms for a call, where a library of 400 kB took 700 ms for its first.
 *
 * <p>Every call ends after {@value #LIMIT_SECONDS} s at the latest.
 */
final class ResolvedBus {
  private static final int LIMIT_SECONDS = 5;
  private static final String NAME = "org.freedesktop.resolve1";
  private static final String PATH = "/org/freedesktop/resolve1";
  private static final int SCOPE_DNS = 1; // SD_RESOLVED_DNS, src/systemd/sd-resolve
  private static final int AF_INET = 2; // include/linux/socket.h
  private static final int AF_INET6 = 10;

  /** Returns if systemd-resolved is there; the bus may start it for that. */
  void ping() throws IOException {
    call("org.freedesktop.DBus.Peer", "Ping");
  }

  /** Switches off what is not plain DNS for named domains alone. */
  void plainOnly(int link) throws IOException {
    set("SetLinkDefaultRoute", "ib", link, "false");
    for (String other : List.of("LLMNR", "MulticastDNS", "DNSOverTLS", "DNSSEC")) {
      set("SetLink" + other, "is", link, "no");
    }
  }

  /** Gives the link these domains: true for those that are only routed, false for searched ones. */
  void domains(int link, Map<String, Boolean> domains) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Integer.toString(domains.size()));
    domains.forEach((domain, routeOnly) -> {
      words.add(domain);
      words.add(routeOnly.toString());
    });
    set("SetLinkDomains", "ia(sb)", link, words.toArray(String[]::new));
  }

  /** Gives the link this one name server; needs systemd 246. */
  void server(int link, InetSocketAddress server) throws IOException {
    byte[] bytes = server.getAddress().getAddress();
    List<String> words = new ArrayList<>();
    words.add("1");
    words.add(Integer.toString(bytes.length == 4 ? AF_INET : AF_INET6));
    words.add(Integer.toString(bytes.length));
    for (byte each : bytes) {
      words.add(Integer.toString(each & 0xff));
    }
    words.add(Integer.toString(server.getPort()));
    words.add(""); // no name for TLS
    set("SetLinkDNSEx", "ia(iayqs)", link, words.toArray(String[]::new));
  }

  /** Makes the link as if nobody had ever set anything. */
  void revert(int link) throws IOException {
    set("RevertLink", "i", link);
  }

  /**
   * True if it asks the link's server: having settings is not enough, it must have heard of the
   * link's address, too (src/resolve/resolved-link.c, link_relevant).
   */
  boolean asks(int link) throws IOException {
    String path = PATH + "/link/" + encoded(Integer.toString(link));
    String said = busctl("get-property", NAME, path, NAME + ".Link", "ScopesMask").strip();
    return said.startsWith("t ") && (Long.parseLong(said.substring(2)) & SCOPE_DNS) != 0;
  }

  /** As sd_bus_path_encode(3): a digit may not come first. */
  private static String encoded(String number) {
    return "_%x%s".formatted((int) number.charAt(0), number.substring(1));
  }

  private void set(String method, String signature, int link, String... arguments)
      throws IOException {
    List<String> words = new ArrayList<>(List.of(method, signature, Integer.toString(link)));
    words.addAll(List.of(arguments));
    call(NAME + ".Manager", words.toArray(String[]::new));
  }

  private static void call(String interfaceName, String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("call", NAME, PATH, interfaceName));
    line.addAll(List.of(words));
    String _ = busctl(line.toArray(String[]::new));
  }

  private static String busctl(String... words) throws IOException {
    List<String> line =
        new ArrayList<>(List.of("busctl", "--system", "--timeout=" + LIMIT_SECONDS));
    line.addAll(List.of(words));
    String what = words[4];
    Process busctl = new ProcessBuilder(line).redirectErrorStream(true).start();
    busctl.getOutputStream().close();
    try {
      if (!busctl.waitFor(LIMIT_SECONDS + 1, TimeUnit.SECONDS)) {
        throw new IOException(
            "systemd-resolved: %s not answered in %d s".formatted(what, LIMIT_SECONDS));
      }
      String said = new String(busctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (busctl.exitValue() != 0) {
        throw new IOException("systemd-resolved: %s: %s".formatted(what, said.strip()));
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("systemd-resolved: %s interrupted".formatted(what), e);
    } finally {
      busctl.destroyForcibly(); // which closes its output, too
    }
  }
}
