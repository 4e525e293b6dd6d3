package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Makes a host of the lab one whose names systemd-resolved resolves: Debian's package, unpacked,
 * with a system bus of its own, {@code /etc/resolv.conf} a link to its stub, and the router as the
 * name server.
 */
final class ResolvedHost {
  private static final Path UNPACKED = DebianPackages.directory("systemd-resolved");

  /** A private /etc: the package's rights on the bus, its user, its settings. */
  private static final String PREPARE =
      """
      set -e
      root=$1
      tmp=$(mktemp -d)
      mount -t tmpfs etc "$tmp"
      cp -a /etc/. "$tmp"
      mount --move "$tmp" /etc
      rmdir "$tmp"
      grep -q ^systemd-resolve: /etc/passwd ||
          echo systemd-resolve:x:991:991::/:/usr/sbin/nologin >>/etc/passwd
      grep -q ^systemd-resolve: /etc/group || echo systemd-resolve:x:991: >>/etc/group
      mkdir -p /etc/dbus-1/system.d /etc/systemd /run/dbus /run/systemd/resolve
      cp "$root"/usr/share/dbus-1/system.d/*.conf /etc/dbus-1/system.d/
      chown systemd-resolve: /run/systemd/resolve
      # systemd-resolved makes it for the first link with settings of its own, and leaves it there, empty
      install -d -m 700 -o systemd-resolve -g systemd-resolve /run/systemd/resolve/netif
      rm -f /etc/resolv.conf
      ln -s ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
      """;

  private final Host host;
  private RunningProgram daemon;

  private ResolvedHost(Host host, RunningProgram daemon) {
    this.host = host;
    this.daemon = daemon;
  }

  /** The same with the router as its name server. */
  static ResolvedHost on(Host host) throws IOException {
    return on(host, "DNS=" + LabNet.ROUTER_LAN.v4());
  }

  /**
   * Sets it up, and waits until it answers; skips the test where the package cannot be had.
   *
   * @param settings lines of resolved.conf(5)
   */
  static ResolvedHost on(Host host, String... settings) throws IOException {
    DebianPackages.unpack("systemd-resolved");
    host.run("sh", "-c", PREPARE, "sh", UNPACKED.toString()).orThrow();
    settings(host, settings);
    host.start("dbus-daemon", "--system", "--nofork", "--nopidfile");
    ResolvedHost resolved = new ResolvedHost(host, host.start(program().toString()));
    resolved.awaitAnswer();
    return resolved;
  }

  /** Ends systemd-resolved without a word, and starts it again. */
  void restart() throws IOException {
    daemon.kill();
    daemon = host.start(program().toString());
    awaitAnswer();
  }

  /**
   * Starts it again with other settings, and waits until it is on the bus, whatever it resolves.
   */
  void restartWith(String... settings) throws IOException {
    settings(host, settings);
    daemon.kill();
    daemon = host.start(program().toString());
    String program = UNPACKED.resolve("usr/bin/resolvectl").toString();
    Until.holds(() -> assertThat(host.run(program, "status").stdout()).contains("Global"));
  }

  private static void settings(Host host, String... lines) throws IOException {
    host.runWithInput(
            "[Resolve]\nFallbackDNS=\n" + String.join("\n", lines) + "\n",
            "tee",
            "/etc/systemd/resolved.conf")
        .orThrow();
  }

  /** The same, and what it remembered is gone, as where its directory ends with the service. */
  void restartForgetful() throws IOException {
    daemon.kill();
    host.shell("rm -rf /run/systemd/resolve/netif").orThrow();
    daemon = host.start(program().toString());
    awaitAnswer();
  }

  /** What it says of all links, or of the named one. */
  String status(String... link) throws IOException {
    return control(Stream.concat(Stream.of("status"), Stream.of(link)).toArray(String[]::new));
  }

  /**
   * The same without what it has learned from answers and forgets again: which server it asks at
   * the moment, and whether that signs. Nor with the indentation, which depends on that.
   */
  String configured(String... link) throws IOException {
    return status(link)
        .replaceAll("(?m)^ +", "")
        .replaceAll("(?m)^Current DNS Server: .*\\n", "")
        .replaceAll("DNSSEC=([^/\\s]+)/(un)?supported", "DNSSEC=$1");
  }

  /** Runs resolvectl. */
  String control(String... words) throws IOException {
    String program = UNPACKED.resolve("usr/bin/resolvectl").toString();
    return host.run(Stream.concat(Stream.of(program), Stream.of(words)).toArray(String[]::new))
        .orThrow();
  }

  private void awaitAnswer() throws IOException {
    Until.holds(() -> {
      if (!host.run("dig", "+short", "+tries=1", "+time=1", LabNet.OUTSIDE_NAME)
          .stdout()
          .contains(LabNet.OUTSIDE.v4())) {
        throw new AssertionError("systemd-resolved does not answer");
      }
    });
  }

  private static Path program() {
    return UNPACKED.resolve("lib/systemd/systemd-resolved");
  }
}
