package dev.teletun.client.connect;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.route.RouteMonitor;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/** Tells when links, addresses or routes of this host have changed, once for a burst of changes. */
final class NetworkChanges {
  private static final Duration CALM = Duration.ofMillis(50);

  private final EventLoop loop;
  private final RouteMonitor monitor;
  private final Runnable changed;
  private boolean told;

  private NetworkChanges(EventLoop loop, RouteMonitor monitor, Runnable changed) {
    this.loop = loop;
    this.monitor = monitor;
    this.changed = changed;
  }

  /** Listens; {@code changed} runs on the loop. */
  static Closeable watch(EventLoop loop, Runnable changed) throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      RouteMonitor monitor = onFailure.own(RouteMonitor.open());
      NetworkChanges changes = new NetworkChanges(loop, monitor, changed);
      Watch watch = onFailure.own(loop.watch(monitor.fd(), changes::drain));
      loop.execute(() -> watch.reading(true));
      return onFailure.handOver();
    }
  }

  private void drain() throws IOException {
    if (monitor.drain() && !told) {
      told = true;
      loop.schedule(CALM, this::tell);
    }
  }

  private void tell() {
    told = false;
    changed.run();
  }
}
