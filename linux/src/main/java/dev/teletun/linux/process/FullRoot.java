package dev.teletun.linux.process;

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

  private FullRoot() {}

  /** The command line that runs these words with it, if this process is root. */
  public static List<String> running(List<String> words) {
    return isReduced() ? setpriv(List.of(), words) : words;
  }

  /**
   * The command line that runs them as another user, with nothing of root's left; setuid programs
   * work for him as in his own shell.
   */
  public static List<String> running(int uid, int gid, List<String> words) {
    return setpriv(List.of("--reuid=" + uid, "--regid=" + gid, "--init-groups"), words);
  }

  private static List<String> setpriv(List<String> options, List<String> words) {
    List<String> line = new ArrayList<>(List.of("setpriv"));
    if (isReduced()) {
      line.addAll(List.of("--securebits=-noroot", "--ambient-caps=-all"));
    }
    line.addAll(options);
    line.addAll(List.of("--inh-caps=-all", "--"));
    line.addAll(words);
    return line;
  }

  private static boolean isReduced() {
    int bits = Libc.prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
    return bits > 0 && (bits & SECBIT_NOROOT) != 0;
  }
}
