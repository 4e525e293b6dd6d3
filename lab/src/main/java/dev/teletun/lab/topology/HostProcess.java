package dev.teletun.lab.topology;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The first process of a host, which owns its namespaces, and the name of its network in {@code
 * /run/netns}. It ends by end of file when this JVM does, however that happens.
 */
final class HostProcess implements Closeable {
  private static final String READY = "ready ";

  private final String namespace;
  private final Process unshare;
  private final Path messages;
  private long pid;

  private HostProcess(String namespace, Process unshare, Path messages) {
    this.namespace = namespace;
    this.unshare = unshare;
    this.messages = messages;
  }

  /**
   * Starts it without waiting for it: {@link #awaitReady}.
   *
   * @param directory for its files, made here
   * @param etc file names and contents for {@code /etc}
   */
  static HostProcess start(
      String name, HostRole role, String namespace, Path directory, Map<String, String> etc)
      throws IOException {
    Path files = Files.createDirectories(directory.resolve("etc"));
    for (var file : etc.entrySet()) {
      Files.writeString(files.resolve(file.getKey()), file.getValue());
    }
    Path messages = directory.resolve("host.log");
    ProcessBuilder builder =
        Commands.builder(
            List.of(
                "setsid", // Ctrl-C is for us, not for it
                "unshare",
                "--mount",
                "--net",
                "--uts",
                "--pid",
                "--fork",
                "--kill-child",
                "--propagation=private",
                "sh",
                "-c",
                Scripts.text("host.sh"),
                "sh",
                name,
                files.toString(),
                role.word()));
    return new HostProcess(namespace, builder.redirectError(messages.toFile()).start(), messages);
  }

  /** Waits until the host is set up, and names its network. Returns its process id. */
  long awaitReady() throws IOException {
    BufferedReader stdout = unshare.inputReader();
    String line = stdout.readLine();
    if (line == null || !line.startsWith(READY)) {
      throw new IOException(
          "cannot make namespaces for %s: %s. The lab needs root or a user namespace (unshare --user --map-root-user --mount)"
              .formatted(namespace, Files.readString(messages).strip()));
    }
    pid = Long.parseLong(line.substring(READY.length()));
    Commands.run(List.of("ip", "netns", "attach", namespace, Long.toString(pid))).orThrow();
    return pid;
  }

  /** Begins to end it, with every program in it. */
  void kill() {
    unshare.descendants().forEach(ProcessHandle::destroyForcibly);
    unshare.destroyForcibly();
  }

  /** Ends it and takes its name away. Twice is once. */
  @Override
  public void close() throws IOException {
    kill();
    try {
      if (!unshare.waitFor(10, TimeUnit.SECONDS)) {
        throw new IOException("process %d of %s does not end".formatted(pid, namespace));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + namespace + " ended", e);
    }
    if (Files.exists(Leftovers.NAMES.resolve(namespace))) {
      Commands.run(List.of("ip", "netns", "delete", namespace)).orThrow();
    }
  }
}
