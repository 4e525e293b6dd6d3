package dev.teletun.bench.tunnel;

import dev.teletun.lab.topology.ProcessStatus;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Resident memory of a program, in MB (10^6 bytes): all, and what it shares with no file. Where it
 * has several processes, pages that they share count for each.
 */
public record Memory(double resident, double anonymous) {

  /** What it has now. */
  public static Memory of(RunningProgram program) throws IOException {
    double resident = 0;
    double anonymous = 0;
    for (ProcessHandle process : ProcessTree.of(program)) {
      ProcessStatus now = ProcessStatus.of(process.pid());
      resident += now.residentBytes() / 1e6;
      anonymous += now.anonymousBytes() / 1e6;
    }
    return new Memory(resident, anonymous);
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
