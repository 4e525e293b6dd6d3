package dev.teletun.bench.field;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One direction of a {@link Flow}.
 *
 * @param sent when each number left
 * @param arrivals numbers and times in the order in which they came
 */
public record Track(Map<Integer, Long> sent, List<Arrival> arrivals) {

  /** A number came at a time. */
  public record Arrival(int number, long nanos) {}

  /** From what sender and receiver noted; a line that is still being written is left out. */
  static Track of(List<String> sender, List<String> receiver) {
    Map<Integer, Long> sent = new TreeMap<>();
    for (String line : sender) {
      String[] words = line.split(" ", -1);
      if (words.length == 3 && words[0].equals("s")) {
        sent.put(Integer.parseInt(words[1]), Long.parseLong(words[2]));
      }
    }
    List<Arrival> arrivals = new ArrayList<>();
    for (String line : receiver) {
      String[] words = line.split(" ", -1);
      if (words.length == 3 && words[0].equals("r")) {
        arrivals.add(new Arrival(Integer.parseInt(words[1]), Long.parseLong(words[2])));
      }
    }
    return new Track(sent, arrivals);
  }

  /** True if anything is sent at all. */
  boolean flows() {
    return !sent.isEmpty();
  }

  /** When the first came that had been sent after {@code nanos}; 0 if none has yet. */
  public long firstArrivalAfter(long nanos) {
    return arrivals.stream()
        .filter(a -> sent.getOrDefault(a.number(), 0L) >= nanos)
        .mapToLong(Arrival::nanos)
        .min()
        .orElse(0);
  }

  /** How many that left between two times never came. */
  public long lost(long fromNanos, long toNanos) {
    List<Integer> came = arrivals.stream().map(Arrival::number).distinct().sorted().toList();
    return sent.entrySet().stream()
        .filter(s -> s.getValue() >= fromNanos && s.getValue() < toNanos)
        .filter(s -> java.util.Collections.binarySearch(came, s.getKey()) < 0)
        .count();
  }

  /** How many came after one with a greater number. */
  public long outOfOrder() {
    int greatest = -1;
    long late = 0;
    for (Arrival arrival : arrivals) {
      if (arrival.number() < greatest) {
        late++;
      }
      greatest = Math.max(greatest, arrival.number());
    }
    return late;
  }
}
