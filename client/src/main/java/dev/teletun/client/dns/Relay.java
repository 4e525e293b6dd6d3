package dev.teletun.client.dns;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Decides for each query who is asked. Loop thread only. */
final class Relay {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SEARCH_PATIENCE = Duration.ofSeconds(2);
  private static final int OPCODE_QUERY = 0;

  private final NameRoutes routes;
  private final List<Server> cluster;
  private final Upstreams upstreams;
  private final DnsCounts counts;

  Relay(NameRoutes routes, List<Server> cluster, Upstreams upstreams, DnsCounts counts) {
    this.routes = routes;
    this.cluster = cluster;
    this.upstreams = upstreams;
    this.counts = counts;
  }

  /**
   * Finds the answer to a query.
   *
   * @param original the server it was sent to
   * @param outcome gets the answer with the id of {@code query}
   */
  void relay(byte[] query, Transport transport, Server original, Outcome outcome) {
    if (query.length < DnsHeader.BYTES || DnsHeader.isResponse(query) || upstreams.sent(query)) {
      counts.dropped.increment();
      outcome.unanswered(Outcome.Why.DROPPED);
      return;
    }
    counts.queries.increment();
    Outcome counted = counted(DnsHeader.id(query), outcome);
    Optional<Question> question =
        DnsHeader.opcode(query) == OPCODE_QUERY ? Question.parse(query) : Optional.empty();
    if (question.isEmpty()) {
      upstreams.ask(transport, List.of(original), query, PATIENCE, counted);
    } else if (routes.isCluster(question.get())) {
      counts.toCluster.increment();
      upstreams.ask(transport, cluster, query, PATIENCE, counted);
    } else {
      relayOthers(query, question.get(), transport, original, counted);
    }
  }

  private void relayOthers(
      byte[] query, Question question, Transport transport, Server original, Outcome outcome) {
    List<String> candidates = routes.candidates(question);
    Runnable asItWas = () -> upstreams.ask(transport, List.of(original), query, PATIENCE, outcome);
    if (candidates.isEmpty()) {
      asItWas.run();
      return;
    }
    counts.shortNames.increment();
    SearchPath search =
        new SearchPath(query, transport, candidates, found -> complete(found, outcome), asItWas);
    for (int i = 0; i < candidates.size(); i++) {
      byte[] longer = question.renamed(query, candidates.get(i));
      upstreams.ask(transport, cluster, longer, SEARCH_PATIENCE, search.candidate(i));
    }
  }

  private void complete(byte[] answer, Outcome outcome) {
    counts.completed.increment();
    outcome.answered(answer);
  }

  private Outcome counted(int clientId, Outcome outcome) {
    return new Outcome() {
      @Override
      public void answered(byte[] message) {
        outcome.answered(DnsHeader.withId(message, clientId));
      }

      @Override
      public void unanswered(Why why) {
        switch (why) {
          case TIMEOUT -> counts.timedOut.increment();
          case UNREACHABLE, CLOSED -> counts.unreachable.increment();
          case DROPPED -> counts.dropped.increment();
        }
        outcome.unanswered(why);
      }
    };
  }
}
