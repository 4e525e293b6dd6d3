package dev.teletun.client.host.trace;

import dev.teletun.linux.route.Route;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.linux.route.Rule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules that send packets to a routing table of a client's own first. The table's routes go
 * with the device, the rules do not; each bears our protocol number and its client's table.
 *
 * @param device of the client, such as {@code tel0}
 */
public record OwnRules(String device) implements Trace {
  static final String KIND = "rules";

  private static final int FIRST_TABLE = 0x7465_0000; // nobody's by chance; "te" in ASCII
  private static final int FIRST_PRIORITY = 4800; // before main, and before those of other VPNs
  private static final int MOST = 10_000;
  private static final Pattern DEVICE = Pattern.compile("tel(\\d{1,4})");

  /** Refuses names that are no client's. */
  public OwnRules {
    if (!DEVICE.matcher(device).matches()) {
      throw new IllegalArgumentException("\"%s\" is no device of ours".formatted(device));
    }
  }

  static OwnRules of(Map<String, String> facts) throws IOException {
    return new OwnRules(Facts.required(facts, "device"));
  }

  /** Those of clients whose devices are not {@code living}. */
  public static List<OwnRules> left(RouteSocket kernel, Iterable<String> living)
      throws IOException {
    List<String> devices = new ArrayList<>();
    for (Rule rule : kernel.rules()) {
      int number = rule.table() - FIRST_TABLE;
      if (rule.protocol() == Route.TELETUN && number >= 0 && number < MOST) {
        devices.add("tel" + number);
      }
    }
    for (String each : living) {
      devices.removeIf(each::equals);
    }
    return devices.stream().distinct().map(OwnRules::new).toList();
  }

  /** The client's table. */
  public int table() {
    return FIRST_TABLE + number();
  }

  /** One for each family. */
  public List<Rule> rules() {
    int priority = FIRST_PRIORITY + number();
    return List.of(Rule.lookup(false, priority, table()), Rule.lookup(true, priority, table()));
  }

  private int number() {
    Matcher name = DEVICE.matcher(device);
    return name.matches() ? Integer.parseInt(name.group(1)) : 0;
  }

  @Override
  public Map<String, String> facts() {
    return Map.of("kind", KIND, "device", device);
  }

  @Override
  public Optional<String> undo() throws IOException {
    int removed = 0;
    try (RouteSocket kernel = RouteSocket.open()) {
      for (Rule rule : kernel.rules()) {
        if (rule.protocol() == Route.TELETUN && rule.table() == table() && kernel.delete(rule)) {
          removed++;
        }
      }
    }
    return removed == 0
        ? Optional.empty()
        : Optional.of("removed %d rules that led to a table of %s".formatted(removed, device));
  }
}
