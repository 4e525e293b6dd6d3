package dev.teletun.protocol.count;

import java.util.List;

/** What a running program says of itself; nothing secret. */
public record Report(List<Fact> facts, List<Count> counts) {
  /** Copies both. */
  public Report {
    facts = List.copyOf(facts);
    counts = List.copyOf(counts);
  }
}
