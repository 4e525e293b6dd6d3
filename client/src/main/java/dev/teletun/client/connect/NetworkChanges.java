package dev.teletun.client.connect;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.route.RouteMonitor;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Tells when links, addresses or routes of this host have changed: of each change, and once of a
 * burst, when most of it is over.
 */
final class NetworkChanges {
  private static final Duration CALM = Duration.ofMillis(50);

  private final EventLoop loop;
  private final RouteMonitor monitor;
  private final Runnable each;
  private final Runnable calm;
  private boolean waiting;

  private NetworkChanges(EventLoop loop, RouteMonitor monitor, Runnable each, Runnable calm) {
    this.loop = loop;
    this.monitor = monitor;
    this.each = each;
    this.calm = calm;
  }

  /**
   * Listens; both run on the loop.
   *
   * @param each to be quick
   * @param calm 50 ms after the first change of a burst
   */
  static Closeable watch(EventLoop loop, Runnable each, Runnable calm) throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      RouteMonitor monitor = onFailure.own(RouteMonitor.open());
      NetworkChanges changes = new NetworkChanges(loop, monitor, each, calm);
      Watch watch = onFailure.own(loop.watch(monitor.fd(), changes::drain));
      loop.execute(() -> watch.reading(true));
      return onFailure.handOver();
    }
  }

  private void drain() throws IOException {
    if (!monitor.drain()) {
      return;
    }
    each.run();
    if (!waiting) {
      waiting = true;
      loop.schedule(CALM, this::tell);
    }
  }

  private void tell() {
    waiting = false;
    calm.run();
  }
}
