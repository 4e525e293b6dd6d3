package dev.teletun.client.connect;

import dev.teletun.client.host.filter.Exposed;
import dev.teletun.client.host.filter.HostFilter;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.count.Fact;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells the user what the filter keeps from passing, each kind once and each address once. Asks on
 * a thread of its own, as the kernel's answer may take milliseconds.
 */
final class FilterWatch implements Closeable {
  private static final Duration BETWEEN = Duration.ofSeconds(2);

  /** Reads the filter's counters. */
  interface Source {
    HostFilter.Kept read() throws IOException;
  }

  private final Source source;
  private final Exposed exposed;
  private final Consumer<String> events;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private final Set<InetAddress> toldOf = new HashSet<>();
  private boolean toldRefused;
  private boolean toldForwarded;
  private volatile HostFilter.Kept last = new HostFilter.Kept(0, 0, Set.of(), 0);
  private volatile String trouble = "";

  private FilterWatch(Source source, Exposed exposed, Consumer<String> events) {
    this.source = source;
    this.exposed = exposed;
    this.events = events;
    this.thread = Thread.ofPlatform().name("filter").daemon().unstarted(this::run);
  }

  static FilterWatch begin(Source source, Exposed exposed, Consumer<String> events) {
    FilterWatch watch = new FilterWatch(source, exposed, events);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try {
      do {
        look();
      } while (!closing.await(BETWEEN.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks once, and tells what is new. */
  void look() {
    try {
      HostFilter.Kept now = source.read();
      last = now;
      trouble = "";
      if (now.refused() > 0 && !toldRefused) {
        toldRefused = true;
        events.accept(
            "the cluster tried to reach a port of this host that is not exposed (exposed: %s). Say -expose=PORT to let it"
                .formatted(exposed));
      }
      if (now.forwarded() > 0 && !toldForwarded) {
        toldForwarded = true;
        events.accept(
            "a container or VM of this host, or a neighbour, sent packets for the cluster through this host: rejected, as the pod's address is this host's alone");
      }
      for (InetAddress to : now.leakedTo()) {
        if (toldOf.add(to)) {
          events.accept(
              "packets for %s would have left by another device than the tunnel's: rejected. See ip route get %s"
                  .formatted(Addresses.text(to), Addresses.text(to)));
        }
      }
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
    }
  }

  /** What is exposed and what was kept from passing. Any thread. */
  List<Fact> facts() {
    HostFilter.Kept now = last;
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.text("exposed", exposed.toString()));
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
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
