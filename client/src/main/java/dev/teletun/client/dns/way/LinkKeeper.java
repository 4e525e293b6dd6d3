package dev.teletun.client.dns.way;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.lifecycle.Recurring;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the tunnel's link in systemd-resolved as it should be, on a thread of its own: also when
 * systemd-resolved starts anew without its state, or somebody else changes the link.
 *
 * <p>systemd-resolved writes a file for each link that has settings, to find them after a restart
 * (src/resolve/resolved-link.c, link_save_user). Only that it changed is read from it.
 */
final class LinkKeeper implements Closeable {
  private static final Path STATE = Path.of("/run/systemd/resolve/netif");

  private static final Duration LONGEST_UNUSED = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ResolvedBus bus = new ResolvedBus();
  private final int link;
  private final Path file;
  private volatile LinkSettings wanted;
  private volatile String state = "";
  private @Nullable LinkSettings applied;
  private String seen = "";
  private final Disputes disputes = new Disputes();
  private @Nullable Recurring checks;

  private LinkKeeper(int link, LinkSettings wanted) {
    this.link = link;
    this.wanted = wanted;
    this.file = STATE.resolve(Integer.toString(link));
  }

  /**
   * Sets the link up, and watches it.
   *
   * @param link the kernel's number for it
   * @throws IOException if systemd-resolved refuses; then nothing is left
   */
  static LinkKeeper start(int link, LinkSettings wanted) throws IOException {
    LinkKeeper keeper = new LinkKeeper(link, wanted);
    try {
      keeper.apply();
      keeper.awaitUse();
    } catch (IOException e) {
      keeper.close();
      throw e;
    }
    keeper.checks = Recurring.start("dns-link", PAUSE, keeper::check);
    return keeper;
  }

  /** It hears from the kernel by itself, when it gets to it, that the link has an address. */
  private void awaitUse() throws IOException {
    long begun = System.nanoTime();
    while (!bus.asks(link)) {
      if (System.nanoTime() - begun > LONGEST_UNUSED.toNanos()) {
        throw new IOException(
            "systemd-resolved took the settings of the tunnel's link, but does not ask there after %d s"
                .formatted(LONGEST_UNUSED.toSeconds()));
      }
    }
  }

  /** The link is to have these settings within a second. Any thread; returns at once. */
  void follow(LinkSettings settings) {
    wanted = settings;
  }

  /** In one line for people. Any thread. */
  String report() {
    return state;
  }

  /** Gives the link back; one that systemd-resolved keeps goes with the device. */
  @Override
  public void close() {
    if (checks != null) {
      checks.close();
    }
    try {
      bus.revert(link);
    } catch (IOException e) {
      state =
          String.valueOf(e.getMessage()); // it has ended, and then forgets the link with the device
    }
  }

  private void check() {
    try {
      if (!wanted.equals(applied)) {
        apply();
      } else if (!fingerprint().equals(seen)) {
        changed();
      }
    } catch (IOException e) { // it may be starting: next time
      applied = null;
      state = String.valueOf(e.getMessage());
    }
  }

  private void changed() throws IOException {
    if (disputes.isWorthwhile(System.nanoTime())) {
      apply();
    } else {
      state = "another program keeps changing the link in systemd-resolved: left to it";
    }
  }

  /** The server comes last: before that, systemd-resolved asks nobody through the link. */
  private void apply() throws IOException {
    LinkSettings settings = wanted;
    bus.plainOnly(link);
    bus.domains(link, settings.domains());
    bus.server(link, settings.server());
    applied = settings;
    seen = fingerprint();
    state =
        "systemd-resolved asks %s below %s"
            .formatted(
                Addresses.text(settings.server()), String.join(" ", settings.domains().keySet()));
  }

  /** Tells one state of the file from the next; the same where it cannot be seen. */
  private String fingerprint() {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return "%s %s".formatted(now.fileKey(), now.lastModifiedTime());
    } catch (IOException e) {
      return "not there";
    }
  }
}
