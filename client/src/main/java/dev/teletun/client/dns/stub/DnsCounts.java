package dev.teletun.client.dns.stub;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the stub did so far. Any thread reads. */
final class DnsCounts {
  final LongAdder queries = new LongAdder();
  final LongAdder toCluster = new LongAdder();
  final LongAdder shortNames = new LongAdder();
  final LongAdder completed = new LongAdder();
  final LongAdder timedOut = new LongAdder();
  final LongAdder unreachable = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder refusedAnswers = new LongAdder();

  /** All of them by name. */
  Map<String, Long> read() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("queries", queries.sum());
    counts.put("to_cluster", toCluster.sum());
    counts.put("short_names", shortNames.sum());
    counts.put("completed", completed.sum());
    counts.put("timed_out", timedOut.sum());
    counts.put("unreachable", unreachable.sum());
    counts.put("dropped", dropped.sum());
    counts.put("answers_refused", refusedAnswers.sum());
    return counts;
  }

  @Override
  public String toString() {
    return "%d queries, %d of them to the cluster and %d short names (%d completed); %d timed out,"
            .formatted(
                queries.sum(), toCluster.sum(), shortNames.sum(), completed.sum(), timedOut.sum())
        + " %d unreachable, %d dropped, %d answers refused"
            .formatted(unreachable.sum(), dropped.sum(), refusedAnswers.sum());
  }
}
