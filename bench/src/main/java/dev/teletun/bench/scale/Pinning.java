package dev.teletun.bench.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.teletun.bench.tunnel.ProcessTree;
import dev.teletun.bench.tunnel.Tunnel;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;

/** Keeps a tunnel's processes on the first few processors, until closed. */
final class Pinning implements Closeable {
  private final Tunnel tunnel;

  private Pinning(Tunnel tunnel) {
    this.tunnel = tunnel;
  }

  /** On so many. */
  static Pinning of(Tunnel tunnel, int processors) throws IOException {
    Pinning pinning = new Pinning(tunnel);
    pinning.on(processors);
    return pinning;
  }

  private void on(int processors) throws IOException {
    for (RunningProgram program : tunnel.programs().values()) {
      for (ProcessHandle process : ProcessTree.of(program)) {
        run("taskset", "-acp", "0-" + (processors - 1), "" + process.pid());
      }
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed: " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    on(Runtime.getRuntime().availableProcessors());
  }
}
