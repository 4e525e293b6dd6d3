package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.api.PlayedCluster;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the client may do, and what the programs that it runs. */
@Tag("netns")
@Timeout(120)
class PrivilegesIT {
  /** Bits 0, 1, 3, 5, 6, 7, 8, 10, 12, 13 and 19 of include/uapi/linux/capability.h. */
  private static final String NEEDED = "00000000000835eb";

  private static Programs programs;
  private static PlayedCluster cluster;
  private static Path kubeconfig;

  private Path said;

  @BeforeAll
  static void start() throws IOException {
    programs = Programs.servers("privs");
    cluster = programs.playCluster();
    kubeconfig = cluster.kubeconfig(programs.lab().directory());
  }

  @AfterAll
  static void end() throws IOException {
    if (programs != null) {
      cluster.close();
      programs.close();
    }
  }

  @BeforeEach
  void plugIn() throws IOException {
    Path open = Files.createTempDirectory(programs.lab().directory(), "said");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    said = open.resolve("said");
    Path plugin =
        Files.writeString(
            open.resolve("plugin"),
            """
            #!/bin/sh
            { grep -E '^(Uid|CapPrm|CapBnd)' /proc/self/status; setpriv --dump; echo "MINE=$MINE"; } >%s
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"none"}}'
            """
                .formatted(said));
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        open.resolve("kubeconfig"),
        Files.readString(kubeconfig)
            .replace(
                "{token: none}",
                "{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: %s}}"
                    .formatted(plugin)));
  }

  @AfterEach
  void forget() throws IOException {
    try (Stream<Path> files = Files.list(said.getParent())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(said.getParent());
  }

  @Test
  void noThreadHasMoreThanItNeeds() throws IOException {
    try (RunningProgram client = programs.laptop().start(command())) {
      client.awaitLine(Programs.CONNECTED, Programs.LIMIT);

      assertThat(capabilities(client.pid()))
          .hasSizeGreaterThan(20)
          .allMatch(line -> line.endsWith(NEEDED));
    }
  }

  @Test
  void rootsPluginHasWhatRootHas() throws IOException {
    String own = programs.laptop().run("grep", "^CapPrm", "/proc/self/status").orThrow().strip();
    try (RunningProgram client = programs.laptop().start(command())) {
      client.awaitLine(Programs.CONNECTED, Programs.LIMIT);

      assertThat(Files.readString(said)).contains(own, "Uid:\t0\t0\t0\t0", "Securebits: [none]");
    }
  }

  /** Also the environment comes from sudo, into which this process may not look by itself. */
  @Test
  void theUsersPluginHasWhatTheUserHas() throws IOException {
    String bounds = programs.laptop().run("grep", "^CapBnd", "/proc/self/status").orThrow().strip();
    Path sudo = Files.createSymbolicLink(said.resolveSibling("sudo"), Path.of("/bin/bash"));
    List<String> line =
        new ArrayList<>(
            List.of(
                "env",
                "MINE=kept",
                sudo.toString(),
                "-c",
                "env -u MINE SUDO_UID=1000 SUDO_GID=1000 SUDO_USER=dev \"$@\"; exit $?",
                "sudo"));
    line.addAll(List.of(command()));
    try (RunningProgram client = programs.laptop().start(line.toArray(String[]::new))) {
      client.awaitLine(Programs.CONNECTED, Programs.LIMIT);

      assertThat(Files.readString(said))
          .contains(
              bounds,
              "Uid:\t1000\t1000\t1000\t1000",
              "CapPrm:\t0000000000000000",
              "Securebits: [none]",
              "MINE=kept");
      ProcessHandle.of(client.pid()).orElseThrow().children().forEach(ProcessHandle::destroy);
      client.awaitExit(Programs.LIMIT);
    }
  }

  /** A line for each set of each thread, seen from outside. */
  private static List<String> capabilities(long pid) throws IOException {
    List<String> sets = new ArrayList<>();
    try (Stream<Path> threads = Files.list(Path.of("/proc/%d/task".formatted(pid)))) {
      for (Path thread : threads.toList()) {
        try (Stream<String> lines = Files.lines(thread.resolve("status"))) {
          lines.filter(line -> line.matches("Cap(Prm|Eff|Amb):.*")).forEach(sets::add);
        } catch (NoSuchFileException _) {
          // It has just ended.
        }
      }
    }
    return sets;
  }

  private String[] command() {
    return programs.clientCommand("-kubeconfig=" + said.resolveSibling("kubeconfig"));
  }
}
