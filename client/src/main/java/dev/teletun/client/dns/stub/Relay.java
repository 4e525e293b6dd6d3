package dev.teletun.client.dns.stub;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides for each query who is asked. Loop thread only. */
final class Relay {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SEARCH_PATIENCE = Duration.ofSeconds(2);
  private static final int OPCODE_QUERY = 0;

  private static final int DNS_PORT = 53;

  /** Whoever asks for these is about to send there. */
  private static final Set<Integer> ADDRESS_TYPES = Set.of(1, 28);

  private final Upstreams upstreams;
  private final DnsCounts counts;
  private final AddressListener listener;
  private NameRoutes routes;
  private List<Server> cluster;

  /**
   * Asks these servers of the cluster for what {@code routes} gives to it.
   *
   * @param listener hears the addresses that they answer with; calls back on the loop's thread
   */
  Relay(
      NameRoutes routes,
      List<InetAddress> servers,
      Upstreams upstreams,
      DnsCounts counts,
      AddressListener listener) {
    this.listener = listener;
    this.upstreams = upstreams;
    this.counts = counts;
    this.routes = routes;
    this.cluster = servers(servers);
  }

  /** From the next query on the cluster knows these names, and these servers know them. */
  void follow(NameRoutes names, List<InetAddress> servers) {
    routes = names;
    cluster = servers(servers);
  }

  private static List<Server> servers(List<InetAddress> addresses) {
    return addresses.stream()
        .map(address -> new Server(new InetSocketAddress(address, DNS_PORT), 0))
        .toList();
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
      upstreams.ask(transport, cluster, query, PATIENCE, heard(question.get(), counted));
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
    Outcome heard = heard(question, outcome);
    SearchPath search =
        new SearchPath(query, transport, candidates, found -> complete(found, heard), asItWas);
    for (int i = 0; i < candidates.size(); i++) {
      byte[] longer = question.renamed(query, candidates.get(i));
      upstreams.ask(transport, cluster, longer, SEARCH_PATIENCE, search.candidate(i));
    }
  }

  private void complete(byte[] answer, Outcome outcome) {
    counts.completed.increment();
    outcome.answered(answer);
  }

  /** Not for zone transfers: what comes in several messages keeps its order. */
  private Outcome heard(Question question, Outcome outcome) {
    if (!ADDRESS_TYPES.contains(question.type())) {
      return outcome;
    }
    return new Outcome() {
      @Override
      public void answered(byte[] message) {
        Set<InetAddress> addresses = AnsweredAddresses.in(message);
        if (addresses.isEmpty()) {
          outcome.answered(message);
        } else {
          listener.answered(addresses, () -> outcome.answered(message));
        }
      }

      @Override
      public void unanswered(Why why) {
        outcome.unanswered(why);
      }
    };
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
