package dev.teletun.linux.route;

import dev.teletun.linux.netlink.Attributes;
import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.linux.netlink.Message;
import dev.teletun.linux.netlink.Request;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.util.Optional;

/** {@code struct fib_rule_hdr} ↔ {@link Rule} (include/uapi/linux/fib_rules.h). */
final class RuleCodec {
  static final int RTM_NEWRULE = 32;
  static final int RTM_DELRULE = 33;
  static final int RTM_GETRULE = 34;

  private static final int FRA_DST = 1;
  private static final int FRA_SRC = 2;
  private static final int FRA_IIFNAME = 3;
  private static final int FRA_PRIORITY = 6;
  private static final int FRA_FWMARK = 10;
  private static final int FRA_SUPPRESS_PREFIXLEN = 14;
  private static final int FRA_TABLE = 15;
  private static final int FRA_FWMASK = 16;
  private static final int FRA_OIFNAME = 17;
  private static final int FRA_PROTOCOL = 21;
  private static final int FIB_RULE_INVERT = 2;

  /** Bytes of {@code struct fib_rule_hdr}. */
  private static final int HEADER_BYTES = 12;

  private RuleCodec() {}

  static Request add(Rule rule) {
    return fill(
        Request.of("RTM_NEWRULE", rule, RTM_NEWRULE, Request.NLM_F_CREATE | Request.NLM_F_EXCL),
        rule);
  }

  static Request delete(Rule rule) {
    return fill(Request.of("RTM_DELRULE", rule, RTM_DELRULE, 0), rule);
  }

  static Request dump(int family) {
    return Request.of("RTM_GETRULE", "dump", RTM_GETRULE, 0).u8(family, 0, 0, 0, 0, 0, 0, 0).u32(0);
  }

  private static Request fill(Request request, Rule rule) {
    request
        .u8(
            Family.of(rule.ipv6()),
            rule.to().map(Prefix::length).orElse(0),
            rule.from().map(Prefix::length).orElse(0),
            0)
        .u8(0, 0, 0, rule.action())
        .u32(rule.inverted() ? FIB_RULE_INVERT : 0)
        .attribute(FRA_PRIORITY, rule.priority())
        .byteAttribute(FRA_PROTOCOL, rule.protocol());
    if (rule.table() != 0) {
      request.attribute(FRA_TABLE, rule.table());
    }
    rule.to().ifPresent(p -> request.attribute(FRA_DST, p.network()));
    rule.from().ifPresent(p -> request.attribute(FRA_SRC, p.network()));
    if (rule.markMask() != 0) {
      request.attribute(FRA_FWMARK, rule.mark()).attribute(FRA_FWMASK, rule.markMask());
    }
    rule.inputInterface().ifPresent(name -> request.attribute(FRA_IIFNAME, name));
    rule.outputInterface().ifPresent(name -> request.attribute(FRA_OIFNAME, name));
    if (rule.suppressPrefixLength() >= 0) {
      request.attribute(FRA_SUPPRESS_PREFIXLEN, rule.suppressPrefixLength());
    }
    return request;
  }

  /** The rule of a message; empty for a family that is not IP. */
  static Optional<Rule> read(Message message) throws MalformedMessageException {
    Attributes found = message.attributes(HEADER_BYTES);
    int family = message.u8(0);
    if (family != Family.INET && family != Family.INET6) {
      return Optional.empty(); // multicast routing has rules of its own
    }
    int mark = found.u32(FRA_FWMARK).orElse(0);
    return Optional.of(
        new Rule(
            family == Family.INET6,
            found.u32(FRA_PRIORITY).orElse(0),
            found.u32(FRA_TABLE).orElse(message.u8(4)),
            message.u8(7),
            (message.u32(8) & FIB_RULE_INVERT) != 0,
            prefix(found.address(FRA_SRC), message.u8(2)),
            prefix(found.address(FRA_DST), message.u8(1)),
            mark,
            found.u32(FRA_FWMASK).orElse(mark == 0 ? 0 : -1),
            found.text(FRA_IIFNAME),
            found.text(FRA_OIFNAME),
            found.u32(FRA_SUPPRESS_PREFIXLEN).orElse(-1),
            found.u8(FRA_PROTOCOL).orElse(0)));
  }

  private static Optional<Prefix> prefix(Optional<InetAddress> network, int length)
      throws MalformedMessageException {
    return network.isEmpty() ? Optional.empty() : Optional.of(Family.prefix(network.get(), length));
  }
}
