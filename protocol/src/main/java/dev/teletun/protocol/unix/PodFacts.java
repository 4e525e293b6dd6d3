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
 *   udp-segments yes
 *   device handed-over
 * </pre>
 *
 * Lines with another first word are passed over, so that more can be said later.
 *
 * @param mtu of the pod's interface, bytes; 0 if not known
 * @param onLink prefixes that the pod reaches without a gateway, at most {@link #MOST_PREFIXES}
 * @param takesUdpSegments whether the device takes superpackets of UDP
 * @param isDeviceHandedOver whether the TUN device's descriptor came with the greeting; then no
 *     frames follow it, either way
 */
public record PodFacts(
    int mtu, List<Prefix> onLink, boolean takesUdpSegments, boolean isDeviceHandedOver) {
  /** Longest text in bytes. */
  static final int LIMIT_BYTES = 8 * 1024;

  /** Most prefixes; further ones are left out. */
  static final int MOST_PREFIXES = 64;

  private static final int LARGEST_MTU = 65_535;
  private static final String UDP_SEGMENTS = "udp-segments yes";
  private static final String HANDED_OVER = "device handed-over";

  /** Nothing known. */
  public static final PodFacts NONE = new PodFacts(0, List.of(), false, false);

  /** Copies the list. */
  public PodFacts {
    onLink = onLink.stream().limit(MOST_PREFIXES).toList();
  }

  /** The same pod, by a device that is handed over or is not. */
  public PodFacts withDevice(boolean udpSegments, boolean handedOver) {
    return new PodFacts(mtu, onLink, udpSegments, handedOver);
  }

  static PodFacts parse(String text) throws ControlException {
    int mtu = 0;
    List<Prefix> onLink = new ArrayList<>();
    boolean udpSegments = false;
    boolean handedOver = false;
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", 2);
      try {
        if (words.length == 2 && words[0].equals("mtu")) {
          mtu = Math.clamp(Integer.parseInt(words[1]), 0, LARGEST_MTU);
        } else if (words.length == 2 && words[0].equals("on-link")) {
          onLink.add(Prefix.parse(words[1]));
        }
        udpSegments |= line.equals(UDP_SEGMENTS);
        handedOver |= line.equals(HANDED_OVER);
      } catch (IllegalArgumentException _) { // its message would show the line as it came
        throw new ControlException(
            "server-cluster's greeting says %s, which is no fact of this version: run the same version of both programs"
                .formatted(ControlException.shown(line)));
      }
    }
    return new PodFacts(mtu, onLink, udpSegments, handedOver);
  }

  String format() {
    StringJoiner lines = new StringJoiner("\n");
    lines.add("mtu " + mtu);
    onLink.forEach(prefix -> lines.add("on-link " + prefix));
    if (takesUdpSegments) {
      lines.add(UDP_SEGMENTS);
    }
    if (isDeviceHandedOver) {
      lines.add(HANDED_OVER);
    }
    return lines.toString();
  }
}
