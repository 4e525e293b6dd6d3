package dev.teletun.protocol.count;

import java.util.Map;
import java.util.TreeMap;

/**
 * Sums of counters whose owners come and go, such as sockets: what the gone ones had counted stays.
 * One thread.
 */
public final class Totals {
  private final Map<String, Long> gone = new TreeMap<>();

  /** The owner of {@code last} counts no more. */
  public void retire(Map<String, Long> last) {
    last.forEach((name, count) -> gone.merge(name, count, Long::sum));
  }

  /** What the gone ones had counted and the living ones have. */
  public Map<String, Long> with(Iterable<Map<String, Long>> living) {
    Map<String, Long> sum = new TreeMap<>(gone);
    living.forEach(of -> of.forEach((name, count) -> sum.merge(name, count, Long::sum)));
    return sum;
  }
}
