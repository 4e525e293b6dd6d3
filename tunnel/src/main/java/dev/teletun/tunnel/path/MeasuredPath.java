package dev.teletun.tunnel.path;

import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.mtu.PathMtu;
import dev.teletun.protocol.mtu.TunMtu;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a tunnel end's idea of the largest packet what the path really carries, by probes, where
 * the peer answers them. Loop thread only.
 */
public final class MeasuredPath {
  /** Every IPv6 link carries this, and every IPv4 path that anybody uses (RFC 8899 §5.1.2). */
  private static final PathMtu BASE = new PathMtu(1280);

  private final IntConsumer tunnelMtu;
  private final IntConsumer probe;
  private @Nullable PathSearch search;
  private long lastLarge;

  /**
   * A path of which nothing is known.
   *
   * @param tunnelMtu takes the largest packet in bytes whenever it changes
   * @param probe sends a packet of so many bytes that the peer acknowledges
   */
  public MeasuredPath(IntConsumer tunnelMtu, IntConsumer probe) {
    this.tunnelMtu = tunnelMtu;
    this.probe = probe;
  }

  /**
   * Another association, address or peer: what was measured before is void.
   *
   * @param answersProbes false for a peer of version 1: then the kernel alone is asked
   */
  public void begin(KernelPath path, boolean answersProbes) {
    int base = TunMtu.unfragmentedBytes(BASE, path.underlay());
    int hoped = Math.max(base, path.largestWhole());
    search = answersProbes ? new PathSearch(base, hoped, System::nanoTime) : null;
    tunnelMtu.accept(answersProbes ? hoped : path.largestWhole());
  }

  /** The kernel says something new of the same path, which somebody may have made it believe. */
  public void hear(KernelPath path) {
    PathSearch now = search;
    if (now == null || path.largestWhole() > now.ceiling()) {
      begin(path, now != null);
    } else {
      now.hear(path.largestWhole());
      tunnelMtu.accept(now.size());
    }
  }

  /**
   * Sends what is due. Call it every quarter of a second.
   *
   * @param large packets sent so far that the path would lose if it had got narrower
   * @param heardNanos when anything last came from the peer
   * @return true if probes get lost: a sign of life of the peer would help, and what the kernel has
   *     heard
   */
  public boolean tick(long large, long heardNanos) {
    PathSearch now = search;
    boolean busy = large != lastLarge;
    lastLarge = large;
    if (now == null) {
      return false;
    }
    int before = now.size();
    int size = now.due(busy, heardNanos);
    if (now.size() != before) {
      tunnelMtu.accept(now.size());
    }
    for (int i = 0; size > 0 && i < now.copies(); i++) {
      probe.accept(size);
    }
    return now.isUnanswered();
  }

  /** A probe of {@code size} bytes has reached the peer. */
  public void acknowledged(int size) {
    PathSearch now = search;
    if (now != null) {
      int before = now.size();
      now.acknowledged(size);
      if (now.size() != before) {
        tunnelMtu.accept(now.size());
      }
    }
  }

  /** What is known of it, for people. */
  public List<Fact> facts() {
    PathSearch now = search;
    if (now == null) {
      return List.of(Fact.text("pathMtuFrom", "the kernel"));
    }
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.number("largestPacket", now.size()));
    if (now.size() < TunMtu.MINIMUM) {
      facts.add(Fact.text("outerFragments", "yes: IPv6 needs 1280 bytes inside"));
    }
    facts.add(
        Fact.text(
            "pathMtuFrom",
            now.isConfirmed() ? "acknowledged probe" : "the kernel, not yet probed"));
    if (now.isConfirmed()) {
      facts.add(Fact.number("pathMtuAgeSeconds", now.age().toSeconds()));
    }
    return facts;
  }

  /** The search, for who wants to say what it found; null where the kernel alone is asked. */
  public @Nullable PathSearch search() {
    return search;
  }
}
