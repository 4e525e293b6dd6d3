package dev.teletun.e2e;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.api.PlayedCluster;
import dev.teletun.lab.sandbox.Tools;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.LabOptions;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code deploy/build-dist} makes, on hosts without a JDK and without this tree: unpacked to a
 * directory with a space, read-only, started in an empty environment. Each JVM fails here if it
 * cannot use its start-up cache.
 */
@Tag("netns")
@Timeout(240)
class DistributionIT {
  private static final Path TREE = Path.of("..").toAbsolutePath().normalize();
  private static final Duration BUILDING = Duration.ofSeconds(200);
  private static final int TLS_PORT = 6443;

  @TempDir static Path place;
  private static Programs programs;
  private static Host laptop;
  private static Path unpacked;

  @BeforeAll
  static void buildAndStart() throws IOException {
    Files.setPosixFilePermissions(place, fromString("rwxr-xr-x"));
    Host here = Host.here(place);
    Path out = Files.createDirectory(place.resolve("out"));
    here.run(BUILDING, TREE.resolve("deploy/build-dist").toString(), out.toString()).orThrow();
    Path with = Files.createDirectory(place.resolve("with a space"));
    here.run("tar", "-xzf", only(out, ".tar.gz").toString(), "-C", with.toString()).orThrow();
    unpacked = only(with, "");
    programs = Programs.in("dist", LabOptions.DEFAULT, bare(unpacked.resolve("bin/teletun")));
    laptop = programs.laptop();
    for (Host host : List.of(laptop, programs.lab().podCluster(), programs.lab().podExternal())) {
      hide(host);
    }
    programs.startCluster();
    programs.startExternal();
  }

  @AfterAll
  static void end() throws IOException {
    if (programs != null) {
      programs.close();
    }
  }

  /** The command line that starts a program in an empty environment. */
  private static List<String> bare(Path program, String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "JAVA_TOOL_OPTIONS=-XX:AOTMode=on",
                program.toString()));
    line.addAll(List.of(arguments));
    return line;
  }

  private static String said(Path program, String argument) throws IOException {
    return laptop.run(bare(program, argument).toArray(String[]::new)).orThrow();
  }

  /** Takes all JDKs and this tree away from a host, and the right to write to what it runs. */
  private static void hide(Host host) throws IOException {
    Path own = Path.of(System.getProperty("java.home"));
    for (Path away : List.of(own, Path.of("/usr/lib/jvm"), TREE)) {
      if (Files.isDirectory(away)) {
        host.run("mount", "-t", "tmpfs", "none", away.toString()).orThrow();
      }
    }
    host.shell("mount --bind '%1$s' '%1$s' && mount -o remount,bind,ro '%1$s'".formatted(unpacked))
        .orThrow();
    assertThat(host.run(own.resolve("bin/java").toString(), "-version").ok()).isFalse();
    assertThat(host.run("touch", unpacked.resolve("file").toString()).ok()).isFalse();
  }

  private static Path only(Path directory, String end) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(end)).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  @Test
  void saysItsVersionAndHelpWithoutAnyJdk() throws IOException {
    Path program = unpacked.resolve("bin/teletun");

    assertThat(said(program, "--version")).matches("teletun \\d\\S*\\RJava 25\\S*, \\w+\\R");
    assertThat(said(program, "--help")).contains("Commands:");
  }

  /** What only runs once a connection stands. */
  @Test
  void cachesWereTrainedByConnections() throws IOException {
    assertThat(fromCache("client")).contains("dev.teletun.client.connect.Stay");
    assertThat(fromCache("server-external")).contains("dev.teletun.tunnel.association.LastFlight");
  }

  /** The classes that a command, which ends for want of options, has of its cache. */
  private static List<String> fromCache(String command) throws IOException {
    Path log = place.resolve(command);
    String options = "JAVA_TOOL_OPTIONS=-XX:AOTMode=on -Xlog:class+load:file=" + log;
    List<String> line = bare(unpacked.resolve("bin/teletun"), command);
    line.replaceAll(word -> word.startsWith("JAVA_TOOL_OPTIONS=") ? options : word);
    assertThat(laptop.run(line.toArray(String[]::new)).exitCode()).isEqualTo(2);
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(loaded -> loaded.endsWith(" source: shared objects file"))
          .map(loaded -> loaded.replaceAll("^\\[.*\\] *| source: .*", ""))
          .toList();
    }
  }

  @Test
  void runsThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(place.resolve("teletun"), unpacked.resolve("bin/teletun"));

    assertThat(said(link, "--version")).startsWith("teletun ");
  }

  /** The API server is asked over TLS, with EC keys. */
  @Test
  void connectsAndLearnsTheClustersPrefixes() throws IOException {
    try (PlayedCluster cluster = programs.playCluster();
        RunningProgram _ = overTls(cluster);
        RunningProgram client =
            programs.connectWith("-kubeconfig=" + programs.keys().resolve("kubeconfig"))) {
      assertThat(laptop.run("curl", "-sS", "http://" + LabNet.WEB_NAME + "/sha256/1").orThrow())
          .as(client.output())
          .hasSizeGreaterThan(60);
      assertThat(laptop.run(programs.teletun("status")).orThrow())
          .contains(LabNet.SERVICES.v4(), LabNet.PODS.v6());
    }
  }

  @Test
  void thePackageHoldsTheSameProgram() throws IOException {
    if (!Tools.has("dpkg-deb")) {
      System.err.println("NOT SHOWN: the package, without dpkg-deb");
      return;
    }
    Path root = Files.createDirectory(place.resolve("root"));
    laptop
        .run("dpkg-deb", "-x", only(place.resolve("out"), ".deb").toString(), root.toString())
        .orThrow();

    assertThat(said(root.resolve("usr/bin/teletun"), "--version")).startsWith("teletun ");
    assertThat(root.resolve("usr/lib/systemd/system/teletun-client.service")).exists();
    assertThat(root.resolve("usr/share/man/man1/teletun.1.gz")).exists();
  }

  private static RunningProgram overTls(PlayedCluster cluster) throws IOException {
    Path keys = programs.keys();
    Host node = programs.lab().node();
    for (String name : List.of("api", "user")) {
      ForeignTools.key(node, keys, name, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
      node.shell(
              "openssl req -x509 -key=%1$s.key -subj=/CN=%2$s -addext=subjectAltName=IP:%3$s -days=2 -out=%1$s.crt"
                  .formatted(keys.resolve(name), name, LabNet.NODE.v4()))
          .orThrow();
    }
    Files.writeString(
        keys.resolve("kubeconfig"),
        Files.readString(cluster.kubeconfig(keys))
            .replaceFirst(
                "\\{server: .*?}",
                "{server: \"https://%s:%d\", certificate-authority: api.crt}"
                    .formatted(LabNet.NODE.v4(), TLS_PORT))
            .replace("{token: none}", "{client-certificate: user.crt, client-key: user.key}"));
    RunningProgram tls =
        node.start(
            "socat",
            "-d",
            "-d",
            "OPENSSL-LISTEN:%d,fork,reuseaddr,cert=%2$s.crt,key=%2$s.key,cafile=%3$s"
                .formatted(TLS_PORT, keys.resolve("api"), keys.resolve("user.crt")),
            "TCP:%s:%d".formatted(LabNet.NODE.v4(), cluster.api().port()));
    tls.awaitLine(Pattern.compile("listening on"), Programs.LIMIT);
    return tls;
  }
}
