package dev.teletun.tunnel.association;

import dev.teletun.linux.loop.EventLoop;
import java.time.Duration;

/**
 * Repeats the last flight of a handshake until the client shows that it has it. If it is lost, the
 * client would have to ask for it, and that may be lost as well. Loop thread only.
 */
final class LastFlight {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final int MOST = 12;

  private final EventLoop loop;
  private final Links links;

  LastFlight(EventLoop loop, Links links) {
    this.loop = loop;
    this.links = links;
  }

  /** As long as {@code link} is one of the links, a dozen times at most. */
  void repeatFor(Link link) {
    repeatFor(link, FIRST_PAUSE, MOST);
  }

  private void repeatFor(Link link, Duration pause, int left) {
    loop.schedule(
        pause,
        () -> {
          if (left > 0 && links.contains(link) && !link.association().confirmed()) {
            link.association().repeatLastFlight(link);
            Duration doubled = pause.multipliedBy(2);
            repeatFor(
                link, doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled, left - 1);
          }
        });
  }
}
