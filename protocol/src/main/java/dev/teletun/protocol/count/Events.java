package dev.teletun.protocol.count;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts events of a few names, each seldomer than a packet. Any thread. */
public final class Events {
  private final Map<String, LongAdder> byName = new LinkedHashMap<>(); // never changed again

  /** Counts these, in this order. */
  public Events(String... names) {
    for (String name : names) {
      byName.put(name, new LongAdder());
    }
  }

  /** One more of those. */
  public void count(String name) {
    adder(name).increment();
  }

  /** How many there were of those. */
  public long of(String name) {
    return adder(name).sum();
  }

  private LongAdder adder(String name) {
    LongAdder adder = byName.get(name);
    if (adder == null) {
      throw new IllegalArgumentException("no event is named " + name);
    }
    return adder;
  }

  /** How many there were, by name. */
  public Map<String, Long> read() {
    Map<String, Long> counts = new LinkedHashMap<>();
    byName.forEach((name, adder) -> counts.put(name, adder.sum()));
    return counts;
  }
}
