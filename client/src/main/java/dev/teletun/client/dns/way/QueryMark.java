package dev.teletun.client.dns.way;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fwmark of a stub's own queries, and where its table stands among those of other clients on
 * this host: what the stub of tel1 does not know it asks on, through the table of tel0, and what
 * that stub does not know either goes to the host's servers. So each client's names resolve, and
 * nothing goes in a circle.
 *
 * @param number of the device, 0 to 99
 */
public record QueryMark(int number) {
  // Any number that others are unlikely to use; ours reads "tel" in ASCII.
  private static final int FIRST = 0x74656c;

  private static final int FIRST_ZONE = FIRST & 0xffff;

  private static final Pattern DEVICE = Pattern.compile("tel(\\d{1,2})");
  private static final int LAST =
      99; // no chain of NAT may stand before connection tracking, at -200
  private static final int PRIORITY = -100; // NF_IP_PRI_NAT_DST

  /** Of the client with this device; a name of another form counts as the first. */
  public static QueryMark of(String device) {
    Matcher name = DEVICE.matcher(device);
    return new QueryMark(name.matches() ? Integer.parseInt(name.group(1)) : 0);
  }

  /** Refuses numbers that do not fit. */
  public QueryMark {
    if (number < 0 || number > LAST) {
      throw new IllegalArgumentException("device number " + number + " is not in 0 to " + LAST);
    }
  }

  /** What the stub's own queries carry. */
  int value() {
    return FIRST + number;
  }

  /**
   * Of connection tracking, for what the stub itself asks: a port of its own queries is free for
   * programs, too, and without this their queries from it would go where its own went.
   */
  int zone() {
    return FIRST_ZONE + number;
  }

  /** The marks that the table lets pass, as nft writes a range: this stub's, and those after it. */
  String passing() {
    return number == 0 ? "0x%x".formatted(FIRST) : "0x%x-0x%x".formatted(FIRST, value());
  }

  /** Of the table's chain: that of the highest number sees a query first. */
  int priority() {
    return PRIORITY - number;
  }
}
