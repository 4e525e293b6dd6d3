package dev.teletun.client.connect;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.CandidateSearch;
import dev.teletun.client.cluster.reach.Candidates;
import dev.teletun.client.cluster.reach.Rung;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.count.Fact;
import dev.teletun.tunnel.control.ClientSession;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the places where server-external may answer, and dials them side by side.
 *
 * <pre>
 *   address ─ load balancer ─ node port ─ host port ─ pod address ─ port-forward
 *   └ the best                                                     the last resort ┘
 * </pre>
 *
 * Who answers with another key than the pinned one has not answered. Any thread.
 */
final class Ladder {
  private final ClientOptions options;
  private final Identity own;
  private final Pin pin;
  private volatile Candidates known = new Candidates(List.of(), List.of());
  private volatile Map<Candidate, String> reasons = Map.of();
  private volatile Set<InetAddress> inside = Set.of();

  Ladder(ClientOptions options, Identity own, Pin pin) {
    this.options = options;
    this.own = own;
    this.pin = pin;
  }

  /**
   * Asks, before anything of the host is changed, and again later: Services and addresses come and
   * go.
   *
   * @throws IOException if there is no place to dial; what was known stays
   */
  List<Candidate> find() throws IOException {
    List<Candidate> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    if (options.address().isPresent()) {
      for (InetAddress address : resolve(options.address().get())) {
        found.add(Candidate.direct(Rung.EXPLICIT, "", address, options.port(), options.port()));
      }
    }
    if (options.pod().isPresent()) {
      askCluster(options.pod().get(), found, missing);
    }
    known = new Candidates(List.copyOf(found), List.copyOf(missing));
    return known.found();
  }

  private void askCluster(String pod, List<Candidate> found, List<String> missing)
      throws ClusterException {
    try (ClusterApi api = ClusterApi.open(options.cluster())) {
      Candidates asked = CandidateSearch.find(api, options.cluster(), pod, options.port());
      missing.addAll(asked.missing());
      for (Candidate each : asked.found()) {
        if (options.host().routes().asked().stream().anyMatch(r -> r.contains(each.address()))) {
          missing.add(
              "%s: inside a -route, so the tunnel would run through itself".formatted(each));
        } else {
          found.add(each);
        }
      }
    } catch (ClusterException e) {
      if (found.isEmpty()) {
        throw e;
      }
      missing.add(String.valueOf(e.getMessage()));
    }
  }

  private static List<InetAddress> resolve(String host) throws IOException {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      throw new IOException(
          "-address=%s does not resolve: write an IP address, or check the name with getent hosts %s"
              .formatted(host, host),
          e);
    }
  }

  /**
   * Dials all that are known.
   *
   * @param patience for each
   */
  Reached climb(Duration patience) throws IOException {
    return race(known.found(), patience);
  }

  /** Dials again where server-external answered last. */
  Reached again(Candidate last, Duration patience) throws IOException {
    return race(List.of(last), patience);
  }

  /** Asks again, and dials what is better than {@code now}; empty if there is no better one. */
  Optional<Reached> better(Candidate now, Duration patience) throws IOException {
    List<Candidate> better =
        find().stream().filter(c -> c.rung().compareTo(now.rung()) < 0).toList();
    return better.isEmpty() ? Optional.empty() : Optional.of(race(better, patience));
  }

  private Reached race(List<Candidate> candidates, Duration patience) throws IOException {
    Race.Outcome<ClientSession> outcome =
        new Race<>(new Pinned(patience), Race.HEAD_START).run(candidates);
    note(outcome);
    if (outcome.won() == null || outcome.by() == null) {
      throw NoWayException.of(outcome.failures(), known.missing(), options.port());
    }
    return new Reached(outcome.by(), outcome.won());
  }

  private void note(Race.Outcome<ClientSession> outcome) {
    Map<Candidate, String> all = new HashMap<>(reasons);
    all.remove(outcome.by());
    outcome.failures().forEach((candidate, e) -> all.put(candidate, NoWayException.reason(e)));
    all.keySet().retainAll(known.found());
    reasons = Map.copyOf(all);
  }

  /**
   * From now on {@code addresses} are this host's by the tunnel: what leaves from them is in it.
   */
  void inside(List<InetAddress> addresses) {
    inside = Set.copyOf(addresses);
  }

  /**
   * All addresses that server-external, or the API server before it, is or may be dialled at: none
   * of them may be routed into the tunnel. Addresses inside the cluster are among them only while
   * nothing else is known.
   */
  Set<InetAddress> outside(Candidate now) {
    Set<InetAddress> addresses = new LinkedHashSet<>(Set.of(now.address()));
    known.found().stream()
        .filter(c -> c.rung() != Rung.POD)
        .map(Candidate::address)
        .forEach(addresses::add);
    return addresses;
  }

  /** Which place is in use, and why no other. */
  List<Fact> facts(Candidate now) {
    Map<Candidate, String> why = reasons;
    List<String> others =
        Stream.concat(
                known.found().stream()
                    .filter(c -> !c.equals(now))
                    .map(c -> "%s: %s".formatted(c, why.getOrDefault(c, notDialled(c, now)))),
                known.missing().stream())
            .toList();
    return List.of(
        Fact.text("endpoint", now.toString()),
        Fact.text("endpointKind", now.rung().toString()),
        Fact.list("otherEndpoints", others));
  }

  private static String notDialled(Candidate other, Candidate now) {
    return other.rung().compareTo(now.rung()) < 0
        ? "not dialled yet"
        : "not dialled, as the one in use answered";
  }

  /** Dials, and takes only who has the pinned key. */
  private final class Pinned implements Race.Dialler<ClientSession> {
    private final Duration patience;

    Pinned(Duration patience) {
      this.patience = patience;
    }

    @Override
    public ClientSession dial(Candidate candidate, Socket socket) throws IOException {
      refuseInside(candidate);
      ClientSession session = ClientSession.dial(socket, candidate.tcp(), own, pin, patience);
      if (!session.isVersion2() && candidate.udp().isEmpty()) {
        session.drop();
        throw new IOException(
            "the server speaks version 1 of the protocol, whose packets need UDP, and none gets through there");
      }
      return session;
    }

    private void refuseInside(Candidate candidate) throws IOException {
      if (!inside.isEmpty()) {
        try (DatagramSocket leaving = new DatagramSocket()) {
          leaving.connect(candidate.tcp());
          if (inside.contains(leaving.getLocalAddress())) {
            throw new IOException(
                "%s is routed into the tunnel".formatted(Addresses.text(candidate.address())));
          }
        }
      }
    }

    @Override
    public void drop(ClientSession late) throws IOException {
      late.drop();
    }
  }
}
