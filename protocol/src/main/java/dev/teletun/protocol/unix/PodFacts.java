package dev.teletun.protocol.unix;

import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.ControlException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * What the pod's kernel says of its network beside the addresses. As text one fact a line:
 *
 * <pre>
 *   mtu 1450
 *   on-link 10.244.0.0/24
 * </pre>
 *
 * Lines with another first word are passed over, so that more can be said later.
 *
 * @param mtu of the pod's interface, bytes; 0 if not known
 * @param onLink prefixes that the pod reaches without a gateway, at most {@link #MOST_PREFIXES}
 */
public record PodFacts(int mtu, List<Prefix> onLink) {
  /** Longest text in bytes. */
  static final int LIMIT_BYTES = 8 * 1024;

  /** Most prefixes; further ones are left out. */
  static final int MOST_PREFIXES = 64;

  private static final int LARGEST_MTU = 65_535;

  /** Nothing known. */
  public static final PodFacts NONE = new PodFacts(0, List.of());

  /** Copies the list. */
  public PodFacts {
    onLink = onLink.stream().limit(MOST_PREFIXES).toList();
  }

  static PodFacts parse(String text) throws ControlException {
    int mtu = 0;
    List<Prefix> onLink = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", 2);
      try {
        if (words.length == 2 && words[0].equals("mtu")) {
          mtu = Math.clamp(Integer.parseInt(words[1]), 0, LARGEST_MTU);
        } else if (words.length == 2 && words[0].equals("on-link")) {
          onLink.add(Prefix.parse(words[1]));
        }
      } catch (IllegalArgumentException _) { // its message would show the line as it came
        throw new ControlException(
            "server-cluster's greeting says %s, which is no fact of this version: run the same version of both programs"
                .formatted(ControlException.shown(line)));
      }
    }
    return new PodFacts(mtu, onLink);
  }

  String format() {
    StringJoiner lines = new StringJoiner("\n");
    lines.add("mtu " + mtu);
    onLink.forEach(prefix -> lines.add("on-link " + prefix));
    return lines.toString();
  }
}
