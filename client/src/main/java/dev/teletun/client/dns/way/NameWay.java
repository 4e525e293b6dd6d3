package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.protocol.count.Counters;
import java.io.Closeable;
import java.util.concurrent.CompletableFuture;

/**
 * The host's names while connected: brings its queries to a stub of ours, until closed. Any thread.
 */
public sealed interface NameWay extends Closeable
    permits DnsIntercept, DirectWay, RecordWay, ResolvedWay {

  /** Something else is known of the cluster's names now; returns at once. */
  void follow(ClusterNames names);

  /** Which names the cluster answers, for people. */
  String summary();

  /** Makes its counters readable, on any thread. */
  void register(Counters to);

  /**
   * Completes when the stub has ended: exceptionally, with the host's names as before, if it
   * failed.
   */
  CompletableFuture<Void> ended();

  /** What is in force and what came of it, for people; several lines. */
  String report();
}
