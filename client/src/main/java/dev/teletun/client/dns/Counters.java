package dev.teletun.client.dns;

import java.util.concurrent.atomic.LongAdder;

/** What the stub did so far. Any thread reads. */
final class Counters {
  final LongAdder queries = new LongAdder();
  final LongAdder toCluster = new LongAdder();
  final LongAdder shortNames = new LongAdder();
  final LongAdder completed = new LongAdder();
  final LongAdder timedOut = new LongAdder();
  final LongAdder unreachable = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder refusedAnswers = new LongAdder();

  @Override
  public String toString() {
    return "%d queries, %d of them to the cluster and %d short names (%d completed); %d timed out,"
            .formatted(
                queries.sum(), toCluster.sum(), shortNames.sum(), completed.sum(), timedOut.sum())
        + " %d unreachable, %d dropped, %d answers refused"
            .formatted(unreachable.sum(), dropped.sum(), refusedAnswers.sum());
  }
}
