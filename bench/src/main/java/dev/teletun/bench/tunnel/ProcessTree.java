package dev.teletun.bench.tunnel;

import dev.teletun.lab.topology.RunningProgram;
import java.util.List;
import java.util.stream.Stream;

/** A program and the processes that it started, such as the workers of a server. */
public final class ProcessTree {
  private ProcessTree() {}

  /** Those that run now. */
  public static List<ProcessHandle> of(RunningProgram program) {
    return ProcessHandle.of(program.pid()).stream()
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
        .toList();
  }
}
