package dev.teletun.cli.prepare;

import dev.teletun.cli.Logging;
import dev.teletun.cli.Main;
import dev.teletun.cli.screen.Screen;
import dev.teletun.protocol.settings.InvalidSettingsException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes through the commands once, for the JVM that records which classes a start needs (JEP 514).
 * Changes nothing on the machine but a temporary directory, which it removes; dials nothing but a
 * port of the loopback address where nobody listens. With the argument {@code servers} it goes
 * through their commands alone, and has a server connected to ({@link PlayedConnection}). Any other
 * arguments are a command that it runs after all others, as the program would ({@link
 * TrainingInLab}).
 */
public final class Training {
  private static final int NOBODY = 1; // TCP port

  private final Path directory;

  private Training(Path directory) {
    this.directory = directory;
  }

  /** Ends normally, whatever the commands say; not if the servers' connection fails. */
  public static void main(String[] args) throws IOException, InvalidSettingsException {
    Logging.install();
    Path directory = Files.createTempDirectory("teletun-training");
    try {
      new Training(directory).run(List.of(args));
    } finally {
      try (var files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  private void run(List<String> args) throws IOException, InvalidSettingsException {
    run("keygen", "-directory=" + directory);
    if (args.equals(List.of("servers"))) {
      servers();
      return;
    }
    connect("-address=127.0.0.1");
    connect("-pod=nobody", "-kubeconfig=" + kubeconfig());
    if (!args.isEmpty()) {
      int _ = Main.run(Screen.ofProcess(), args.toArray(String[]::new));
    }
  }

  private void servers() throws IOException, InvalidSettingsException {
    run("server-cluster", "-sockfile=" + directory.resolve("none/none/socket"));
    run(
        "server-external",
        "-port=0",
        "-sockfile=" + directory.resolve("none/none/socket"),
        key("server-pubkey", "server.pub"),
        key("server-privkey", "server.key"),
        key("client-pubkey", "client.pub"));
    PlayedConnection.run(directory);
  }

  private void connect(String... where) {
    List<String> line = new ArrayList<>(List.of("client", "-port=" + NOBODY));
    line.addAll(List.of(where));
    line.add(key("server-pubkey", "server.pub"));
    line.add(key("client-pubkey", "client.pub"));
    line.add(key("client-privkey", "client.key"));
    run(line.toArray(String[]::new));
  }

  private static void run(String... line) {
    Screen nobody = new Screen(silent(), silent(), false);
    int _ = Main.run(nobody, line);
  }

  private String key(String option, String file) {
    return "-%s=%s".formatted(option, directory.resolve(file));
  }

  private Path kubeconfig() throws IOException {
    return Files.writeString(
        directory.resolve("config"),
        """
        apiVersion: v1
        kind: Config
        current-context: training
        contexts:
        - name: training
          context: {cluster: nowhere, user: nobody}
        clusters:
        - name: nowhere
          cluster: {server: "http://127.0.0.1:%d"}
        users:
        - name: nobody
          user: {token: none}
        """
            .formatted(NOBODY));
  }

  private static PrintStream silent() {
    return new PrintStream(OutputStream.nullOutputStream());
  }
}
