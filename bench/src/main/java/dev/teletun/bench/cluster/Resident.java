package dev.teletun.bench.cluster;

import dev.teletun.bench.field.Figures;
import dev.teletun.lab.topology.ProcessStatus;
import java.io.IOException;

/** What a client keeps resident, beside its goal. */
final class Resident {
  private static final double GOAL_MIB = 192;
  private static final double MIB = 1 << 20;

  private Resident() {}

  static void look(Figures figures, String mode, long pid) throws IOException {
    ProcessStatus status = ProcessStatus.of(pid);
    figures.add(mode + ": resident", status.residentBytes() / MIB, "MiB", GOAL_MIB);
    figures.add(mode + ": resident, no file's", status.anonymousBytes() / MIB, "MiB", Double.NaN);
  }
}
