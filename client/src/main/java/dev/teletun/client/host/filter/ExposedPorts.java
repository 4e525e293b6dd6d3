package dev.teletun.client.host.filter;

import dev.teletun.protocol.address.Prefix;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Ports of this host that the cluster may begin connections to.
 *
 * @param first port
 * @param last port, the same for a single one
 * @param from whose connections are taken; empty for everybody's
 */
public record ExposedPorts(Transport transport, int first, int last, Optional<Prefix> from) {
  /** What has ports. */
  public enum Transport {
    TCP,
    UDP
  }

  private static final int LARGEST = 65_535;
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?(?:/(tcp|udp))?(?::from=(.+))?");

  /** Checks that the ports are some. */
  public ExposedPorts {
    if (first < 1 || first > last || last > LARGEST) {
      throw new IllegalArgumentException(
          "%d-%d are no ports: give numbers from 1 to %d, the smaller first"
              .formatted(first, last, LARGEST));
    }
  }

  /**
   * Reads {@code 8080}, {@code 53/udp}, {@code 8000-8010} or {@code 5432:from=10.244.0.0/16}.
   *
   * @throws IllegalArgumentException with what is wrong and what to write
   */
  public static ExposedPorts parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "write PORT or FIRST-LAST, then /udp for UDP, then :from=PREFIX for whom, such as 5432:from=10.244.0.0/16");
    }
    int first = Integer.parseInt(form.group(1));
    return new ExposedPorts(
        form.group(3) == null
            ? Transport.TCP
            : Transport.valueOf(form.group(3).toUpperCase(Locale.ROOT)),
        first,
        form.group(2) == null ? first : Integer.parseInt(form.group(2)),
        Optional.ofNullable(form.group(4)).map(Prefix::parse));
  }

  /** The first, the last and some between, without repetition. */
  List<Integer> samples() {
    int steps = 4;
    return IntStream.rangeClosed(0, steps)
        .map(i -> first + (last - first) * i / steps)
        .distinct()
        .boxed()
        .toList();
  }

  /** The condition of an nftables rule. */
  String condition() {
    String whose = from.map(p -> "%s saddr %s ".formatted(p.isIpv6() ? "ip6" : "ip", p)).orElse("");
    return "%s%s dport %d-%d"
        .formatted(whose, transport.name().toLowerCase(Locale.ROOT), first, last);
  }

  @Override
  public String toString() {
    return "%s%s%s"
        .formatted(
            first == last ? String.valueOf(first) : first + "-" + last,
            transport == Transport.UDP ? "/udp" : "",
            from.map(p -> ":from=" + p).orElse(""));
  }
}
