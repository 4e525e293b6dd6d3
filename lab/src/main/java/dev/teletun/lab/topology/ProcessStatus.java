package dev.teletun.lab.topology;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a process takes now (proc_pid_status(5)).
 *
 * @param residentBytes of memory
 * @param anonymousBytes of them, those that are no file's
 */
public record ProcessStatus(long residentBytes, long anonymousBytes, int threads) {
  private static final long KIBIBYTE = 1024;

  /**
   * Looks at a process.
   *
   * @throws NoSuchFileException if it has ended, or is about to
   */
  public static ProcessStatus of(long pid) throws IOException {
    return parse(Files.readString(Path.of("/proc/" + pid + "/status")));
  }

  static ProcessStatus parse(String status) throws NoSuchFileException {
    return new ProcessStatus(
        number(status, "VmRSS:") * KIBIBYTE,
        number(status, "RssAnon:") * KIBIBYTE,
        (int) number(status, "Threads:"));
  }

  private static long number(String status, String field) throws NoSuchFileException {
    return status
        .lines()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow(() -> new NoSuchFileException("the process is ending: no " + field));
  }
}
