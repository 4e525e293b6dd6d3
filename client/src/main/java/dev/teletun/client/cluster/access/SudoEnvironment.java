package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What sudo takes away: the environment of the shell that called it, in which KUBECONFIG, PATH and
 * whatever credential plugins need are. The sudo process, our ancestor, still has it.
 */
final class SudoEnvironment {
  private static final int ANCESTORS = 8; // launcher scripts in between, and sudo's own monitor

  private SudoEnvironment() {}

  /** Of the nearest sudo above this process, if there is one that we may look into. */
  static Optional<Map<String, String>> read() {
    Optional<ProcessHandle> process = ProcessHandle.current().parent();
    for (int i = 0; i < ANCESTORS && process.isPresent(); i++) {
      Path proc = Path.of("/proc", Long.toString(process.get().pid()));
      try {
        if (Files.readString(proc.resolve("comm")).strip().equals("sudo")) {
          return Optional.of(parse(Files.readAllBytes(proc.resolve("environ"))));
        }
      } catch (IOException _) {
        return Optional.empty(); // gone, or not ours to read
      }
      process = process.get().parent();
    }
    return Optional.empty();
  }

  /** As in proc_pid_environ(5). */
  static Map<String, String> parse(byte[] environ) {
    Map<String, String> variables = new HashMap<>();
    for (String line : new String(environ, UTF_8).split("\u0000", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        variables.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return variables;
  }
}
