package dev.teletun.client.cluster.pair;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tells this machine, and a process on it, from all others. */
final class ThisMachine {
  private static final long NONE = -1;
  private static final int STARTED_FIELD = 22;
  private static final int FIRST_AFTER_COMMAND = 3; // the state

  private ThisMachine() {}

  /** The same after it was started again; its host name if it has no id. */
  static String id() {
    String id = content("/etc/machine-id");
    return id.isEmpty() ? content("/proc/sys/kernel/hostname") : id;
  }

  /** In which a process id means one process: machine, boot and PID namespace. */
  static String place() {
    String namespace;
    try {
      namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    } catch (IOException _) {
      namespace = "";
    }
    return id() + " " + content("/proc/sys/kernel/random/boot_id") + " " + namespace;
  }

  /**
   * When a process began, in ticks since the machine did (proc_pid_stat(5)).
   *
   * @return -1 if there is no such process
   */
  static long startOf(long pid) {
    String stat = content("/proc/%d/stat".formatted(pid));
    // the command, in parentheses, may contain anything
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    int index = STARTED_FIELD - FIRST_AFTER_COMMAND;
    return fields.length > index ? Long.parseLong(fields[index]) : NONE;
  }

  private static String content(String file) {
    try {
      return Files.readString(Path.of(file), ISO_8859_1).strip();
    } catch (IOException _) {
      return "";
    }
  }
}
