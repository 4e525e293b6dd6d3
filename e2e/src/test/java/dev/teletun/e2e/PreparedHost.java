package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.OwnMounts;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The laptop of a lab made one of a certain kind by host-setups.sh, until closed. */
final class PreparedHost implements Closeable {
  /** Who an outside name is, by libc and by a program that reads resolv.conf itself. */
  private static final String OTHERS =
      """
      getent ahostsv4 %1$s | head -n1
      [ -s /etc/resolv.conf ] || exit 0 # nobody answers: that took long enough
      getent ahostsv4 printer | head -n1
      dig +short +tries=1 +time=3 %1$s | grep -v '^;'
      true
      """
          .formatted(LabNet.OUTSIDE_NAME);

  private static final String CLUSTERS =
      "getent ahostsv4 %s | head -n1; getent ahostsv4 web | head -n1; getent ahostsv4 web.default.svc | head -n1"
          .formatted(LabNet.WEB_NAME);

  private final CloseStack resources = new CloseStack();
  private final String words;
  private final Host host;

  private PreparedHost(Host laptop, String environment) throws IOException {
    this.host = resources.own(OwnMounts.of(laptop)).host();
    Path file = host.logs().resolve("host-setups.sh");
    Files.writeString(file, text());
    this.words = "%s. %s\n".formatted(environment, file);
    resources.own(() -> host.shell(words + "undo").orThrow());
  }

  /** Gets what {@link HostSetup}s are made of; skips the test, and says so, where it cannot. */
  static void unpackPackages() throws IOException {
    DebianPackages.unpack(
        "openresolv",
        "resolvconf",
        "systemd-resolved",
        "libnss-resolve",
        "unbound",
        "network-manager",
        "libnm0",
        "libndp0");
  }

  /**
   * Prepares it.
   *
   * @param linkLocalServer address of a name server on the LAN's link
   * @param script words of host-setups.sh
   */
  static PreparedHost of(Host laptop, String linkLocalServer, String script) throws IOException {
    String environment =
        "PATH=/usr/sbin:/sbin:$PATH PACKAGES=%s LAN1=%s LAN2=%s LAN6=%s LAN_LINK_LOCAL=%s\n"
            .formatted(
                DebianPackages.ALL,
                LabNet.ROUTER_LAN.v4(),
                LabNet.SECOND_NAME_SERVER.v4(),
                LabNet.ROUTER_LAN.v6(),
                linkLocalServer);
    PreparedHost prepared = new PreparedHost(laptop, environment);
    try {
      prepared.host.shell(prepared.words + "own_files\n" + script).orThrow();
      return prepared;
    } catch (IOException | RuntimeException e) {
      try (prepared) {
        throw e;
      }
    }
  }

  private static String text() throws IOException {
    try (InputStream in = PreparedHost.class.getResourceAsStream("host-setups.sh")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  Host host() {
    return host;
  }

  /** Makes it another, by further words of host-setups.sh. */
  void become(String script) throws IOException {
    host.shell(words + script).orThrow();
  }

  /** What names that are not the cluster's mean here. */
  List<String> others() throws IOException {
    return host.shell(OTHERS).stdout().lines().toList();
  }

  /** Long and short names of the cluster, as any program asks for them. */
  void resolvesTheCluster() throws IOException {
    assertThat(host.shell(CLUSTERS).stdout().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith(LabNet.WEB_SERVICE.v4() + " "));
  }

  @Override
  public void close() throws IOException {
    resources.close();
  }
}
