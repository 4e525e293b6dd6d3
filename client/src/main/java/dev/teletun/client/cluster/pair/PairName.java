package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.InvokingUser;
import java.util.Locale;
import java.util.regex.Pattern;

/** How the pair of one person on one machine is called, so that two people do not meet. */
public final class PairName {
  // a DNS label (RFC 1123) with room for what is appended to it
  private static final Pattern VALID = Pattern.compile("[a-z]([-a-z0-9]{0,46}[a-z0-9])?");
  private static final int LONGEST_USER = 20;
  private static final int DIGITS = 6;

  private PairName() {}

  /** The same each time, whatever the machine's addresses and host name are. */
  public static String of(InvokingUser user) {
    String readable = user.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String part = readable.substring(0, Math.min(LONGEST_USER, readable.length()));
    String unique = PairObjects.digest(user.name() + "@" + ThisMachine.id()).substring(0, DIGITS);
    return ("teletun-" + part + "-" + unique).replaceAll("-+", "-");
  }

  /**
   * Checks a name that a user chose.
   *
   * @throws IllegalArgumentException with what it must be
   */
  public static String check(String name) {
    if (!VALID.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "no name for objects of Kubernetes; write at most 48 of a-z, 0-9 and -, a letter first");
    }
    return name;
  }
}
