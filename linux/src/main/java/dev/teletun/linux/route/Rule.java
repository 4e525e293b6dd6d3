package dev.teletun.linux.route;

import dev.teletun.protocol.address.Prefix;
import java.util.Optional;

/**
 * A routing rule: packets that match all of its conditions look into a table.
 *
 * @param ipv6 its family
 * @param priority smaller is asked first
 * @param table looked into; 0 if the action is another
 * @param action {@link #TO_TABLE} or what include/uapi/linux/fib_rules.h lists
 * @param inverted matches what the conditions do not
 * @param mark of the packet, compared under {@code markMask}; no condition if the mask is 0
 * @param suppressPrefixLength routes of this many bits or fewer do not count; -1 to let all count
 * @param protocol who installed it; {@link Route#TELETUN} for ours
 */
public record Rule(
    boolean ipv6,
    int priority,
    int table,
    int action,
    boolean inverted,
    Optional<Prefix> from,
    Optional<Prefix> to,
    int mark,
    int markMask,
    Optional<String> inputInterface,
    Optional<String> outputInterface,
    int suppressPrefixLength,
    int protocol) {

  /** FR_ACT_TO_TBL. */
  public static final int TO_TABLE = 1;

  /** A rule of ours that sends every packet of a family to a table. */
  public static Rule lookup(boolean ipv6, int priority, int table) {
    return new Rule(
        ipv6,
        priority,
        table,
        TO_TABLE,
        false,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        -1,
        Route.TELETUN);
  }

  /** The same, for packets to a prefix only. */
  public Rule to(Prefix prefix) {
    return with(inverted, from, Optional.of(prefix), mark, markMask, suppressPrefixLength);
  }

  /** The same, for packets from a prefix only. */
  public Rule from(Prefix prefix) {
    return with(inverted, Optional.of(prefix), to, mark, markMask, suppressPrefixLength);
  }

  /** The same, for packets with this mark only. */
  public Rule marked(int wanted) {
    return with(inverted, from, to, wanted, -1, suppressPrefixLength);
  }

  /** The same with all conditions negated as a whole. */
  public Rule not() {
    return with(!inverted, from, to, mark, markMask, suppressPrefixLength);
  }

  /** The same, ignoring routes as short as this: 0 leaves out default routes. */
  public Rule ignoringRoutesOf(int prefixLength) {
    return with(inverted, from, to, mark, markMask, prefixLength);
  }

  private Rule with(
      boolean negated,
      Optional<Prefix> source,
      Optional<Prefix> destination,
      int wanted,
      int mask,
      int suppress) {
    return new Rule(
        ipv6,
        priority,
        table,
        action,
        negated,
        source,
        destination,
        wanted,
        mask,
        inputInterface,
        outputInterface,
        suppress,
        protocol);
  }

  /** As {@code IPv4 5200: not from all to 10.0.0.0/8 fwmark 0x54 table 84}. */
  @Override
  public String toString() {
    return "%s %d: %sfrom %s%s%s%s%s table %d%s"
        .formatted(
            ipv6 ? "IPv6" : "IPv4",
            priority,
            inverted ? "not " : "",
            from.map(Prefix::toString).orElse("all"),
            to.map(p -> " to " + p).orElse(""),
            markMask == 0 ? "" : " fwmark 0x%x/0x%x".formatted(mark, markMask),
            inputInterface.map(i -> " iif " + i).orElse(""),
            outputInterface.map(i -> " oif " + i).orElse(""),
            table,
            action == TO_TABLE ? "" : " action " + action);
  }
}
