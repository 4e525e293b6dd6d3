package dev.teletun.bench.scale;

import dev.teletun.bench.field.Command;
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
        Command.run("taskset", "-acp", "0-" + (processors - 1), "" + process.pid());
      }
    }
  }

  @Override
  public void close() throws IOException {
    on(Runtime.getRuntime().availableProcessors());
  }
}
