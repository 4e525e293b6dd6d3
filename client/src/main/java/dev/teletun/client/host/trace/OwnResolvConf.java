package dev.teletun.client.host.trace;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A resolv.conf of ours: another one in which a stub stands for each name server, with two lines at
 * its head that say whose it is. Text is ISO 8859-1, so that every byte survives.
 *
 * @param device of the client
 * @param token of the client, see {@link Traces#token}
 * @param stubs addresses of the stubs
 * @param untouched whether it is still as we wrote it
 */
public record OwnResolvConf(String device, String token, List<String> stubs, boolean untouched) {
  private static final Pattern HEAD =
      Pattern.compile("# teletun (tel\\d{1,4}) ([0-9a-f]{16}) ([0-9a-f]{8}) ([0-9a-f.:,]+)");
  private static final Pattern OUR_SECOND =
      Pattern.compile("# Written by teletun client, which .*");
  static final Pattern SERVER = Pattern.compile("\\s*nameserver\\s+(\\S+).*");

  /**
   * Writes one.
   *
   * @param original what it stands for
   * @param stubs for its name servers, in order
   * @param kept where the original is
   */
  public static String text(
      String device, String token, String original, List<InetAddress> stubs, String kept) {
    List<String> left = new ArrayList<>(stubs.stream().map(InetAddress::getHostAddress).toList());
    String all = String.join(",", left);
    StringBuilder body =
        new StringBuilder(
            "# Written by teletun client, which \"teletun cleanup\" undoes. What was here: %s\n"
                .formatted(kept));
    for (String line : original.lines().toList()) {
      if (!isReadable(line)) {
        body.append(line).append('\n');
      } else if (!left.isEmpty()) {
        body.append("nameserver ").append(left.removeFirst()).append('\n');
      }
    }
    left.forEach(stub -> body.append("nameserver ").append(stub).append('\n'));
    return "# teletun %s %s %08x %s%n".formatted(device, token, sum(body.toString()), all) + body;
  }

  /** Reads it; empty if it is none of ours. */
  static Optional<OwnResolvConf> parse(String text) {
    int end = text.indexOf('\n');
    Matcher head = HEAD.matcher(end < 0 ? text : text.substring(0, end));
    if (!head.matches()) {
      return Optional.empty();
    }
    boolean untouched = Integer.parseUnsignedInt(head.group(3), 16) == sum(text.substring(end + 1));
    return Optional.of(
        new OwnResolvConf(
            head.group(1), head.group(2), Arrays.asList(head.group(4).split(",", -1)), untouched));
  }

  /** What somebody made of {@code text}, a changed one of ours, without anything of ours. */
  String without(String text, String original) {
    List<String> servers = original.lines().filter(OwnResolvConf::isReadable).toList();
    StringBuilder rest = new StringBuilder();
    for (String line : text.lines().toList()) {
      Matcher server = SERVER.matcher(line);
      int stub = server.matches() ? stubs.indexOf(server.group(1)) : -1;
      if (stub >= 0) {
        rest.append(stub < servers.size() ? servers.get(stub) + "\n" : "");
      } else if (!HEAD.matcher(line).matches() && !OUR_SECOND.matcher(line).matches()) {
        rest.append(line).append('\n');
      }
    }
    return rest.toString();
  }

  /** A resolver skips name servers that it cannot read, and so do we. */
  private static boolean isReadable(String line) {
    Matcher server = SERVER.matcher(line);
    if (!server.matches()) {
      return false;
    }
    try {
      return !Addresses.text(Addresses.parse(server.group(1).replaceFirst("%.*", ""))).isEmpty();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static int sum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.ISO_8859_1));
    return (int) sum.getValue();
  }
}
