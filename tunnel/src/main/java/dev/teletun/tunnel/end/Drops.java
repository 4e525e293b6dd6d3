package dev.teletun.tunnel.end;

import dev.teletun.protocol.packet.Verdict;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;

/** How many packets one end dropped, and why. Any thread may read. */
public final class Drops {
  private final Map<Verdict, LongAdder> toPeer = counters();
  private final Map<Verdict, LongAdder> fromPeer = counters();
  private final LongAdder withoutAssociation = new LongAdder();
  private final LongAdder withoutPort = new LongAdder();
  private final LongAdder contradictory = new LongAdder();

  private static Map<Verdict, LongAdder> counters() {
    Map<Verdict, LongAdder> counters = new EnumMap<>(Verdict.class);
    for (Verdict why : Verdict.values()) {
      counters.put(why, new LongAdder());
    }
    return counters;
  }

  void refusedToPeer(Verdict why) {
    increment(toPeer, why);
  }

  void refusedFromPeer(Verdict why) {
    increment(fromPeer, why);
  }

  private static void increment(Map<Verdict, LongAdder> counters, Verdict why) {
    LongAdder counter = counters.get(why);
    if (counter != null) {
      counter.increment();
    }
  }

  void withoutAssociation(int packets) {
    withoutAssociation.add(packets);
  }

  void withoutPort(int packets) {
    withoutPort.add(packets);
  }

  void contradictory() {
    contradictory.increment();
  }

  /** How many, by reason. */
  Map<String, Long> byReason() {
    Map<String, Long> counts = new LinkedHashMap<>();
    toPeer.forEach((why, count) -> put(counts, "to_peer_" + why, count));
    fromPeer.forEach((why, count) -> put(counts, "from_peer_" + why, count));
    put(counts, "without_association", withoutAssociation);
    put(counts, "without_port", withoutPort);
    put(counts, "contradictory_offload", contradictory);
    return counts;
  }

  private static void put(Map<String, Long> counts, String name, LongAdder count) {
    String key = name.toLowerCase(Locale.ROOT);
    if (!key.endsWith("_pass")) {
      counts.put(key, count.sum());
    }
  }

  /** Only what is not zero, as {@code name=count}. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(" ");
    text.setEmptyValue("nothing");
    toPeer.forEach((why, count) -> add(text, "to-peer-" + why, count));
    fromPeer.forEach((why, count) -> add(text, "from-peer-" + why, count));
    add(text, "without-association", withoutAssociation);
    add(text, "without-port", withoutPort);
    add(text, "contradictory-offload", contradictory);
    return text.toString();
  }

  private static void add(StringJoiner text, String name, LongAdder count) {
    if (count.sum() != 0) {
      text.add(name.toLowerCase(Locale.ROOT) + "=" + count.sum());
    }
  }
}
