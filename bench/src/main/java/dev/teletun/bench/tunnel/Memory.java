package dev.teletun.bench.tunnel;

import dev.teletun.lab.topology.ProcessStatus;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Resident memory of a process, in MB (10^6 bytes): all, and what it shares with no file. */
public record Memory(double resident, double anonymous) {

  /** What it has now. */
  public static Memory of(RunningProgram program) throws IOException {
    ProcessStatus now = ProcessStatus.of(program.pid());
    return new Memory(now.residentBytes() / 1e6, now.anonymousBytes() / 1e6);
  }

  /** Of a tunnel's processes by name. */
  public static Map<String, Memory> ofEach(Tunnel tunnel) throws IOException {
    Map<String, Memory> processes = new LinkedHashMap<>();
    for (Map.Entry<String, RunningProgram> each : tunnel.programs().entrySet()) {
      processes.put(each.getKey(), of(each.getValue()));
    }
    return processes;
  }
}
