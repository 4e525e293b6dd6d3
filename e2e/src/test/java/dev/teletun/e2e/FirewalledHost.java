package dev.teletun.e2e;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Run;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A host of the lab with ufw and firewalld: Debian's packages, unpacked, over a private {@code
 * /usr} and {@code /etc}. Neither is on at first.
 */
final class FirewalledHost {
  private static final Path UNPACKED = Path.of("target/firewalls").toAbsolutePath();
  private static final List<String> PACKAGES =
      List.of(
          "ufw",
          "firewalld",
          "python3-firewall",
          "python3-nftables",
          "python3-dbus",
          "python3-gi",
          "gir1.2-glib-2.0",
          "libgirepository-1.0-1");

  /** What the packages' scripts would do, and no polkit, which would ask for what is not there. */
  private static final String PREPARE =
      """
      set -e
      root=$1
      tmp=$(mktemp -d)
      mount -t tmpfs etc "$tmp"
      cp -a /etc/. "$root"/etc/. "$tmp"
      mount --move "$tmp" /etc
      rmdir "$tmp"
      mount -t overlay usr -o lowerdir="$root"/usr:/usr /usr
      cp /usr/share/ufw/iptables/*.rules /usr/share/ufw/*.init /usr/share/ufw/ufw.conf /etc/ufw/
      polkit=/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service
      [ ! -e $polkit ] || mount --bind /dev/null $polkit
      mkdir -p /run/dbus
      """;

  private final Host host;

  private FirewalledHost(Host host) {
    this.host = host;
  }

  /** Sets it up; skips the test where the packages cannot be had. */
  static FirewalledHost on(Host host) throws IOException {
    if (!Files.exists(UNPACKED.resolve("complete")) && !unpack()) {
      String why = "NOT SHOWN: the packages ufw and firewalld cannot be had: apt-get update";
      System.err.println(why); // Maven does not show the message of what ends in @BeforeAll
      abort(why);
    }
    host.run("sh", "-c", PREPARE, "sh", UNPACKED.toString()).orThrow();
    host.start("dbus-daemon", "--system", "--nofork", "--nopidfile");
    return new FirewalledHost(host);
  }

  /** Switches ufw on with its defaults: nothing comes in. Off when closed. */
  Closeable ufw() throws IOException {
    host.run("ufw", "--force", "enable").orThrow();
    return () -> {
      host.run("ufw", "--force", "disable").orThrow();
      removeTables();
    };
  }

  /** Starts firewalld with its defaults: nothing but ssh comes in. It ends when closed. */
  Closeable firewalld() throws IOException {
    RunningProgram daemon = host.start("firewalld", "--nofork", "--nopid");
    Until.holds(() -> {
      Run state = host.run("firewall-cmd", "--state");
      if (!state.stdout().contains("running")) {
        throw new AssertionError(state + daemon.output());
      }
    });
    return () -> {
      daemon.signal("TERM");
      daemon.awaitExit(Programs.LIMIT);
      removeTables();
    };
  }

  /** Ours are safe from it, as long as their owner lives. */
  private void removeTables() throws IOException {
    host.run("nft", "flush", "ruleset").orThrow();
  }

  private static boolean unpack() throws IOException {
    Files.createDirectories(UNPACKED);
    if (!download() && !(run("apt-get", "-qq", "update") && download())) {
      return false;
    }
    List<Path> packages;
    try (Stream<Path> files = Files.list(UNPACKED)) {
      packages = files.filter(f -> f.toString().endsWith(".deb")).toList();
    }
    for (Path each : packages) {
      if (!run("dpkg", "-x", each.toString(), ".")) {
        return false;
      }
    }
    // Here /lib is a link to /usr/lib, as on Debian 12
    if (!run("sh", "-c", "cp -a lib/. usr/lib/ && rm -r lib")) {
      return false;
    }
    Files.createFile(UNPACKED.resolve("complete"));
    return true;
  }

  private static boolean download() throws IOException {
    return run(
        Stream.concat(Stream.of("apt-get", "-qq", "download"), PACKAGES.stream())
            .toArray(String[]::new));
  }

  private static boolean run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(UNPACKED.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
