package dev.teletun.bench.tunnel;

import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** User and system time of processes (proc_pid_stat(5)), in seconds. */
public final class CpuTime {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ

  private CpuTime() {}

  /** Of all of a tunnel's processes so far. */
  static double of(Tunnel tunnel) throws IOException {
    double all = 0;
    for (RunningProgram program : tunnel.programs().values()) {
      all += of(program);
    }
    return all;
  }

  /** Of a program so far, and of the processes that it started and that still run. */
  public static double of(RunningProgram program) throws IOException {
    double all = 0;
    for (ProcessHandle process : ProcessTree.of(program)) {
      try {
        all += parse(Files.readString(Path.of("/proc/" + process.pid() + "/stat")));
      } catch (NoSuchFileException _) { // it has just ended
        all += 0;
      }
    }
    return all;
  }

  /** Of the text of a /proc/PID/stat; the name in it may hold anything. */
  static double parse(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }
}
