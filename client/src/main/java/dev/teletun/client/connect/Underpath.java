package dev.teletun.client.connect;

import dev.teletun.protocol.count.Fact;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.path.KernelPath;
import dev.teletun.tunnel.path.MeasuredPath;
import dev.teletun.tunnel.path.PathMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to the server outside the tunnel: what the kernel knows of it and what probes find, told
 * to the tunnel end and to the carrier in force. Loop thread only, but for {@link #known}.
 */
final class Underpath {
  private final TunnelEnd end;
  private final Consumer<IOException> broken;
  private final MeasuredPath measured;
  private volatile KernelPath known;
  private InetSocketAddress server;
  private boolean answersProbes;
  private @Nullable Carrier carrier;

  /** {@code broken} hears that a socket option failed, after which nothing can go on. */
  Underpath(
      TunnelEnd end, InetSocketAddress server, KernelPath known, Consumer<IOException> broken) {
    this.end = end;
    this.server = server;
    this.known = known;
    this.broken = broken;
    measured = new MeasuredPath(this::tunnelMtu, this::probe);
  }

  /** {@code next} is in force: what was measured before is void. */
  void begin(Carrier next, InetSocketAddress to, boolean isVersion2) {
    carrier = next;
    server = to;
    answersProbes = isVersion2;
    next.association().onProbed(measured::acknowledged);
    beginAnew();
  }

  /** The carrier in force leaves by another address. */
  void beginAnew() {
    try {
      known = KernelPath.to(server);
      measured.begin(known, answersProbes);
    } catch (IOException _) {
      // No way to the server at this moment: it is measured when there is one again.
    }
  }

  /** Asks the kernel again. */
  void hear() {
    try {
      known = KernelPath.to(server);
      measured.hear(known);
    } catch (IOException _) {
      // No way to the server now; it is measured again when there is one.
    }
  }

  /**
   * Sends the probes that are due.
   *
   * @return true if probes get lost: a sign of life of the server would help
   */
  boolean tick(Carrier of) {
    boolean lost = measured.tick(end.largeToPeer(), of.association().heardNanos());
    if (lost) {
      hear();
    }
    return lost;
  }

  private void tunnelMtu(int bytes) {
    end.tunnelMtu(bytes);
    Carrier now = carrier;
    if (now != null) {
      try {
        now.fragmentation(PathMode.of(bytes, answersProbes));
      } catch (IOException e) {
        broken.accept(e);
      }
    }
  }

  private void probe(int size) {
    Carrier now = carrier;
    if (now != null) {
      now.association().probe(size);
    }
  }

  /** What the kernel said last. Any thread. */
  KernelPath known() {
    return known;
  }

  List<Fact> facts() {
    return measured.facts();
  }
}
