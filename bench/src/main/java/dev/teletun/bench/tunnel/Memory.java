package dev.teletun.bench.tunnel;

import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Resident memory of a process, in MB (10^6 bytes): all, and what it shares with no file. */
public record Memory(double resident, double anonymous) {

  /** What it has now. */
  public static Memory of(RunningProgram program) throws IOException {
    return parse(Files.readString(Path.of("/proc/" + program.pid() + "/status")));
  }

  /** Of a tunnel's processes by name. */
  public static Map<String, Memory> ofEach(Tunnel tunnel) throws IOException {
    Map<String, Memory> processes = new LinkedHashMap<>();
    for (Map.Entry<String, RunningProgram> each : tunnel.programs().entrySet()) {
      processes.put(each.getKey(), of(each.getValue()));
    }
    return processes;
  }

  static Memory parse(String status) {
    return new Memory(megabytes(status, "VmRSS:"), megabytes(status, "RssAnon:"));
  }

  private static double megabytes(String status, String field) {
    return status
            .lines()
            .filter(line -> line.startsWith(field))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no " + field + " in " + status))
        * 1024
        / 1e6;
  }
}
