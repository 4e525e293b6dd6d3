package dev.teletun.client.connect;

import dev.teletun.client.cluster.prefix.Confidence;
import dev.teletun.client.cluster.prefix.LearnedPrefix;
import dev.teletun.protocol.address.Prefix;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Addresses that the cluster's DNS answered with: what is left to go by where nothing may be
 * listed, and what is behind a name that leads out of the cluster. Forgotten 12 hours after the
 * last answer, and the longest unheard of first where there are more than 1000. Any thread.
 */
final class SeenAddresses {
  static final int MOST = 1000;
  static final Duration KEPT = Duration.ofHours(12);

  /** Longer than clusters' name servers keep an answer, which is 30 s. */
  static final Duration DISBELIEVED = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final LinkedHashMap<InetAddress, Seen> seen = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<InetAddress, Instant> left = new HashMap<>();
  private Set<InetAddress> listed = Set.of();

  private record Seen(Instant first, Instant last) {}

  SeenAddresses(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The DNS answered with it now; true if it was not known. One that the cluster has just ceased to
   * list is not believed: name servers go on answering with it for a while.
   */
  synchronized boolean add(InetAddress address) {
    forget();
    if (left.containsKey(address)) {
      return false;
    }
    Instant now = clock.instant();
    Seen before = seen.get(address);
    seen.put(address, new Seen(before == null ? now : before.first(), now));
    if (seen.size() > MOST) {
      seen.remove(seen.firstEntry().getKey());
    }
    return before == null;
  }

  /** Those that still count. */
  synchronized Set<InetAddress> now() {
    forget();
    return Set.copyOf(seen.keySet());
  }

  /** The same, as what was learned, the longest unheard of first. */
  synchronized List<LearnedPrefix> learned() {
    forget();
    List<LearnedPrefix> learned = new ArrayList<>();
    for (Map.Entry<InetAddress, Seen> each : seen.entrySet()) {
      learned.add(
          new LearnedPrefix(
              Prefix.host(each.getKey()),
              "answered by the cluster's DNS",
              Confidence.MEDIUM,
              each.getValue().first()));
    }
    return learned;
  }

  /** Those are listed now: from here on they come and go with the cluster's own word. */
  synchronized void leaveTo(Set<InetAddress> now) {
    for (InetAddress address : listed) {
      if (!now.contains(address)) {
        left.put(address, clock.instant());
      }
    }
    listed = now;
    left.keySet().removeIf(now::contains);
    seen.keySet().removeIf(now::contains);
  }

  private void forget() {
    Instant oldest = clock.instant().minus(KEPT);
    seen.values().removeIf(times -> times.last().isBefore(oldest));
    Instant disbelieved = clock.instant().minus(DISBELIEVED);
    left.values().removeIf(since -> since.isBefore(disbelieved));
  }
}
