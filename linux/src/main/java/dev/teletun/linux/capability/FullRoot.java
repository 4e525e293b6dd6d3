package dev.teletun.linux.capability;

import dev.teletun.linux.libc.Libc;
import java.util.ArrayList;
import java.util.List;

/**
 * Root with all its capabilities, for programs of the host that are run. The launcher leaves this
 * process only those that it needs itself, and keeps the kernel from giving root back the others
 * (SECBIT_NOROOT, capabilities(7)); what hooks of resolvconf and credential plugins need is not
 * ours to say.
 */
public final class FullRoot {
  // include/uapi/linux/prctl.h, include/uapi/linux/securebits.h
  private static final int PR_GET_SECUREBITS = 27;
  private static final int SECBIT_NOROOT = 1;

  private static final List<String> LIFTED = List.of("--securebits=-noroot", "--ambient-caps=-all");

  private FullRoot() {}

  /** Options of setpriv(1) that give it back to what setpriv runs; none if nothing was taken. */
  public static List<String> options() {
    int bits = Libc.prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
    return bits > 0 && (bits & SECBIT_NOROOT) != 0 ? LIFTED : List.of();
  }

  /** The command line that runs these words with it, if this process is root. */
  public static List<String> running(List<String> words) {
    List<String> options = options();
    if (options.isEmpty()) {
      return words;
    }
    List<String> line = new ArrayList<>(List.of("setpriv"));
    line.addAll(options);
    line.addAll(List.of("--inh-caps=-all", "--"));
    line.addAll(words);
    return line;
  }
}
