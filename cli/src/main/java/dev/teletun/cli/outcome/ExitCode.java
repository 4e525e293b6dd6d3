package dev.teletun.cli.outcome;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the process ends. The numbers are part of the interface; scripts rely on them. */
public enum ExitCode {
  OK(0, "it worked"),
  FAILED(1, "it failed; stderr says why"),
  USAGE(2, "the command line is wrong; nothing was touched"),
  REFUSED(3, "the environment refuses: no /dev/net/tun, no capability, the API server says no"),
  NOT_TRUSTED(4, "the peer's key is not the one given, or it does not accept ours"),
  BUSY(5, "another client is connected");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  /** What the process exits with. */
  public int number() {
    return number;
  }

  /** Number and meaning of each, for the help. */
  public static Map<String, String> table() {
    Map<String, String> table = new LinkedHashMap<>();
    Arrays.stream(values()).forEach(c -> table.put(Integer.toString(c.number), c.meaning));
    return table;
  }
}
