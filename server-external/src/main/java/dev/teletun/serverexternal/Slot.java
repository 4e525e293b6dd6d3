package dev.teletun.serverexternal;

import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.Token;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place at the pod's address: which client holds it. Any thread.
 *
 * <pre>
 *   version 1: free ──► held ──connection ends──► free
 *   version 2: free ──► held ──bye──► free
 *                       held ◄──attach──► absent ──360 s──► free
 * </pre>
 */
final class Slot {

  /** A version 1 holder that has been silent this long may be replaced (protocol, version 1). */
  static final Duration SILENCE = Duration.ofSeconds(30);

  /** A version 2 holder without a control connection keeps the slot this long. */
  static final Duration ABSENCE = Duration.ofMinutes(6);

  /** What a client of version 2 gets. */
  sealed interface Answer {
    /** The slot is the client's; {@code resumed} if it has been already. */
    record Held(Token token, boolean resumed) implements Answer {}

    /** Another client holds it. */
    record Refused(String holder, Instant since) implements Answer {}
  }

  private static final class Holder {
    final Optional<UUID> instance; // empty for version 1
    final String who;
    final Instant since;
    final Token token = Token.random();
    @Nullable Closeable connection;
    long changedNanos; // connection came or went

    Holder(Optional<UUID> instance, String who, Instant since) {
      this.instance = instance;
      this.who = who;
      this.since = since;
    }
  }

  private final LongSupplier nanoClock;
  private final LongSupplier heardNanos;
  private final InstantSource clock;
  private @Nullable Holder holder;

  /** {@code heardNanos} says when something last came from the client, on {@code nanoClock}. */
  Slot(LongSupplier nanoClock, LongSupplier heardNanos, InstantSource clock) {
    this.nanoClock = nanoClock;
    this.heardNanos = heardNanos;
    this.clock = clock;
  }

  /** Version 1: true if {@code session} holds the slot from now on. */
  synchronized boolean take(Closeable session, String who) throws IOException {
    if (!mayReplace(who, false)) {
      return false;
    }
    hold(Optional.empty(), who, session);
    return true;
  }

  /** Version 2: a client asks for the slot, or comes back to it. */
  synchronized Answer attach(Closeable session, ControlMessage.Attach attach) throws IOException {
    Holder before = holder;
    if (before != null && before.instance.equals(Optional.of(attach.instance()))) {
      return reattach(before, session, attach);
    }
    if (before != null && !mayReplace(attach.who(), attach.takeover())) {
      return new Answer.Refused(before.who, before.since);
    }
    Holder now = hold(Optional.of(attach.instance()), attach.who(), session);
    return new Answer.Held(now.token, false);
  }

  private Answer reattach(Holder same, Closeable session, ControlMessage.Attach attach)
      throws IOException {
    boolean resumed = attach.token().isPresent() && attach.token().get().matches(same.token);
    if (!resumed) {
      Holder now = hold(same.instance, attach.who(), session);
      return new Answer.Held(now.token, false);
    }
    closeConnection(same);
    connect(same, session);
    return new Answer.Held(same.token, true);
  }

  private boolean mayReplace(String who, boolean takeover) {
    Holder before = holder;
    if (before == null || takeover) {
      return true;
    }
    long silent = silence(before);
    if (before.instance.isEmpty()) {
      return silent >= SILENCE.toNanos();
    }
    // The same user on the same host: his client was killed, for two at once would be two hosts.
    return before.connection == null && (before.who.equals(who) || silent >= ABSENCE.toNanos());
  }

  private long silence(Holder of) {
    long now = nanoClock.getAsLong();
    return Math.min(now - of.changedNanos, now - heardNanos.getAsLong());
  }

  private Holder hold(Optional<UUID> instance, String who, Closeable session) throws IOException {
    Holder before = holder;
    if (before != null) {
      closeConnection(before);
    }
    Holder now = new Holder(instance, who, clock.instant());
    connect(now, session);
    holder = now;
    return now;
  }

  private void connect(Holder to, Closeable session) {
    to.connection = session;
    to.changedNanos = nanoClock.getAsLong();
  }

  private static void closeConnection(Holder of) throws IOException {
    Closeable connection = of.connection;
    of.connection = null;
    if (connection != null) {
      connection.close();
    }
  }

  /** Frees the slot if {@code session} still holds it; true if it did. */
  synchronized boolean free(Closeable session) {
    boolean held = holds(session);
    if (held) {
      holder = null;
    }
    return held;
  }

  /** Version 2: the connection is gone, the client may come back; true if it held the slot. */
  synchronized boolean leave(Closeable session) {
    Holder now = holder;
    if (now == null || !holds(session)) {
      return false;
    }
    now.connection = null;
    now.changedNanos = nanoClock.getAsLong();
    return true;
  }

  private boolean holds(Closeable session) {
    return holder != null && session.equals(holder.connection);
  }

  /** True if a holder was absent for too long, and the slot is free now. */
  synchronized boolean expire() {
    Holder now = holder;
    boolean late = now != null && now.connection == null && silence(now) >= ABSENCE.toNanos();
    if (late) {
      holder = null;
    }
    return late;
  }

  /** Ends a version 1 holder's session, if there is one: it cannot be told of a change. */
  synchronized void evictVersion1() throws IOException {
    Holder now = holder;
    if (now != null && now.instance.isEmpty() && now.connection != null) {
      now.connection.close();
    }
  }

  /** Who holds it, since when, and whether his control connection stands. */
  synchronized List<Fact> facts() {
    Holder now = holder;
    if (now == null) {
      return List.of(Fact.text("client", "none"));
    }
    return List.of(
        Fact.text("client", now.who),
        Fact.text("clientSince", now.since.truncatedTo(ChronoUnit.SECONDS).toString()),
        Fact.number("protocolVersion", now.instance.isEmpty() ? 1 : 2),
        Fact.text("session", now.connection == null ? "lost" : "attached"),
        Fact.number(
            "sessionSinceSeconds",
            Duration.ofNanos(nanoClock.getAsLong() - now.changedNanos).toSeconds()));
  }

  /** The connection of a version 2 holder, if it has one now. */
  synchronized Optional<Closeable> version2() {
    Holder now = holder;
    return now == null || now.instance.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(now.connection);
  }
}
