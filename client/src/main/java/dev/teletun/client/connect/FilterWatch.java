package dev.teletun.client.connect;

import dev.teletun.client.host.filter.Boundary;
import dev.teletun.client.host.filter.Exposed;
import dev.teletun.client.host.filter.HostFilter;
import dev.teletun.client.host.filter.Obstacle;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.lifecycle.Recurring;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells the user what the filter keeps from passing, each kind once and each address once. Asks on
 * a thread of its own, as the kernel's answer may take milliseconds.
 */
final class FilterWatch implements Closeable {
  private static final Duration BETWEEN = Duration.ofSeconds(2);

  private final HostFilter.Watched source;
  private final Exposed exposed;
  private final List<String> shared;
  private final Set<Obstacle> toldLost = new HashSet<>();
  private final Progress progress;
  private final Set<InetAddress> toldOf = new HashSet<>();
  private @Nullable Recurring looks;
  private boolean toldRefused;
  private boolean toldForwarded;
  private volatile HostFilter.Kept last = new HostFilter.Kept(0, 0, Set.of(), 0);
  private volatile String trouble = "";
  private volatile Optional<Set<Obstacle>> obstacles = Optional.empty();

  private FilterWatch(HostFilter.Watched source, Boundary boundary, Progress progress) {
    this.source = source;
    this.exposed = boundary.exposed();
    this.shared = boundary.shared();
    this.progress = progress;
  }

  /** Asks a first time before it returns. */
  static FilterWatch begin(HostFilter.Watched source, Boundary boundary, Progress progress) {
    FilterWatch watch = new FilterWatch(source, boundary, progress);
    watch.look();
    watch.looks = Recurring.start("filter", BETWEEN, watch::look);
    return watch;
  }

  /** Asks once, and tells what is new. */
  void look() {
    try {
      HostFilter.Kept now = source.kept();
      last = now;
      trouble = "";
      if (now.refused() > 0 && !toldRefused) {
        toldRefused = true;
        progress.event(
            "the cluster tried to reach a port of this host that is not exposed (exposed: %s). Say -expose=PORT to let it"
                .formatted(exposed));
      }
      if (now.forwarded() > 0 && !toldForwarded) {
        toldForwarded = true;
        progress.event(
            "a container or VM of this host, or a neighbour, sent packets for the cluster through this host: rejected, as the pod's address is this host's alone. Containers and VMs may share it: -share-with=BRIDGE");
      }
      for (InetAddress to : now.leakedTo()) {
        if (toldOf.add(to)) {
          progress.event(
              "packets for %s would have left by another device than the tunnel's: rejected. See ip route get %s"
                  .formatted(Addresses.text(to), Addresses.text(to)));
        }
      }
      tellObstacles(source.obstacles());
      tellLost(source.lost());
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
    }
  }

  private void tellObstacles(Optional<Set<Obstacle>> now) {
    Set<Obstacle> found = now.orElse(Set.of());
    Set<Obstacle> before = obstacles.orElse(Set.of());
    for (Obstacle each : found) {
      if (!before.contains(each)) {
        progress.warn(
            "-expose=%s: %s keeps connections from the cluster out. Let them in: %s"
                .formatted(each.subject(), each.by(), each.remedy()));
      }
    }
    if (now.isPresent() && found.isEmpty() && !before.isEmpty()) {
      progress.event("what is exposed is let in now: " + exposed);
    }
    obstacles = now;
  }

  private void tellLost(List<Obstacle> lost) {
    for (Obstacle each : lost) {
      if (toldLost.add(each)) {
        progress.warn(
            "-share-with=%s: %s keeps packets from there out of the tunnel. Let them through: %s"
                .formatted(each.subject(), each.by(), each.remedy()));
      }
    }
  }

  private String reached() {
    if (exposed.equals(Exposed.NOTHING)) {
      return "nothing is exposed";
    }
    return obstacles
        .map(found ->
            found.isEmpty()
                ? "yes"
                : found.stream()
                    .map(o -> "%s kept out by %s: %s".formatted(o.subject(), o.by(), o.remedy()))
                    .collect(Collectors.joining("; ")))
        .orElse("not known");
  }

  /** What is exposed and what was kept from passing. Any thread. */
  List<Fact> facts() {
    HostFilter.Kept now = last;
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.text("exposed", exposed.toString()));
    facts.add(Fact.text("exposedLetIn", reached()));
    if (!shared.isEmpty()) {
      facts.add(Fact.text("sharedWith", String.join(", ", shared)));
    }
    facts.add(Fact.number("refusedInbound", now.refused()));
    facts.add(Fact.number("refusedLeaks", now.leaks()));
    facts.add(Fact.number("refusedForwarded", now.forwarded()));
    if (!trouble.isEmpty()) {
      facts.add(Fact.text("filterTrouble", trouble));
    }
    return facts;
  }

  @Override
  public void close() {
    if (looks != null) {
      looks.close();
    }
  }
}
