package dev.teletun.client.cluster.pair;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One running client as a Lease names it: {@code ann@laptop/1234-88123-0af3c1d2}.
 *
 * @param who such as {@code ann@laptop}; of another program's Lease all that it says
 * @param pid of its process, as it sees it; 0 if unknown
 * @param started when that process began, in ticks since its machine did (proc_pid_stat(5))
 * @param place digest of machine, boot and PID namespace, in which {@code pid} means one process
 */
public record Holder(String who, long pid, long started, String place) {
  private static final Pattern IDENTITY =
      Pattern.compile("(.+)/(\\d{1,10})-(\\d{1,18})-([0-9a-f]{8})");
  private static final int PLACE_DIGITS = 8;

  /** This process. */
  public static Holder ofThisProcess(String who) {
    long pid = ProcessHandle.current().pid();
    return new Holder(who, pid, Math.max(0, ThisMachine.startOf(pid)), here());
  }

  /** Reads a Lease's {@code holderIdentity}. */
  static Holder parse(String identity) {
    Matcher parts = IDENTITY.matcher(identity);
    return parts.matches()
        ? new Holder(
            parts.group(1),
            Long.parseLong(parts.group(2)),
            Long.parseLong(parts.group(3)),
            parts.group(4))
        : new Holder(identity, 0, 0, "");
  }

  /** As {@code holderIdentity}. */
  String identity() {
    return pid == 0 ? who : "%s/%d-%d-%s".formatted(who, pid, started, place);
  }

  /** True if the same person started it on the same machine, since that was booted. */
  boolean isOfSamePerson(Holder other) {
    return pid != 0 && who.equals(other.who) && place.equals(other.place);
  }

  /** True if it is known to have ended, which only its own machine knows. */
  boolean hasEnded() {
    return pid != 0 && place.equals(here()) && ThisMachine.startOf(pid) != started;
  }

  private static String here() {
    return PairObjects.digest(ThisMachine.place()).substring(0, PLACE_DIGITS);
  }

  /** For people. */
  @Override
  public String toString() {
    return pid == 0 ? who : "%s (process %d)".formatted(who, pid);
  }
}
