package dev.teletun.cli;

import dev.teletun.cli.screen.Screen;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Goes through the commands once, for the JVM that records which classes a start needs (JEP 514).
 * Changes nothing on the machine but a temporary directory, which it removes.
 */
public final class Training {
  private Training() {}

  /** Ends normally, whatever the commands say. */
  public static void main(String[] args) throws IOException {
    Logging.install();
    Path keys = Files.createTempDirectory("teletun-training");
    Screen nobody = new Screen(silent(), silent(), false);
    try {
      for (List<String> line : lines(keys)) {
        int _ = Main.run(nobody, line.toArray(String[]::new));
      }
    } finally {
      try (var files = Files.newDirectoryStream(keys)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(keys);
    }
  }

  /** Command lines that end early: with a help text, or with a problem. */
  private static List<List<String>> lines(Path keys) {
    return List.of(
        List.of("--help"),
        List.of("client", "--help"),
        List.of("--version"),
        List.of("clinet"),
        List.of("keygen", "-directory=" + keys),
        List.of(
            "client",
            "-pod=nobody",
            "-port=0",
            "-kubeconfig=/dev/null",
            "-server-pubkey=" + keys.resolve("server.pub"),
            "-client-pubkey=" + keys.resolve("client.pub"),
            "-client-privkey=" + keys.resolve("client.key")),
        List.of(
            "server-external",
            "-port=0",
            "-sockfile=" + keys.resolve("none/socket"),
            "-server-pubkey=" + keys.resolve("server.pub"),
            "-server-privkey=" + keys.resolve("server.key"),
            "-client-pubkey=" + keys.resolve("client.pub")),
        List.of("server-cluster", "-sockfile=" + keys.resolve("none/socket")));
  }

  private static PrintStream silent() {
    return new PrintStream(OutputStream.nullOutputStream());
  }
}
