package dev.teletun.client.host.trace;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one client that outlive it. From the first on a guardian waits for the client's
 * end. Any thread, one at a time.
 */
public final class Traces implements Closeable {
  private static final int TOKEN_BYTES = 8;

  private final StateDirectory state;
  private final String token;
  private @Nullable Journal journal;
  private @Nullable Guardian guardian;

  /** Still without one: nothing is written, and nobody started. */
  public Traces(StateDirectory state) {
    this.state = state;
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    this.token = HexFormat.of().formatHex(random);
  }

  /** Tells this client from all others, for marks on what it makes: 16 hexadecimal digits. */
  public String token() {
    return token;
  }

  /**
   * To be called before the change is made.
   *
   * @throws IOException if it cannot be written down; then the change must not be made
   */
  public synchronized void intend(Trace trace) throws IOException {
    if (guardian == null) {
      guardian = Guardian.start(); // first: who is killed now leaves nothing, not even a journal
    }
    if (journal == null) {
      journal = Journal.begin(state, token);
    }
    journal.intend(trace);
  }

  /** Undoes it in order. */
  public synchronized void undo(Trace trace) throws IOException {
    trace.undo();
    if (journal != null) {
      journal.forget(trace);
    }
  }

  /** Undoes what is left, and lets the guardian go, if all is undone. */
  @Override
  public synchronized void close() throws IOException {
    if (journal != null) {
      Journal own = journal;
      journal = null;
      Repairs repairs = new Repairs(_ -> {});
      undoAll(own, repairs);
      repairs.throwIfAnyFailed();
    }
    if (guardian != null) {
      guardian.dismiss();
    }
  }

  /** Undoes what clients left that are gone, as far as it can be. */
  public static void undoAbandoned(StateDirectory state, Repairs repairs) throws IOException {
    if (!state.exists()) {
      return;
    }
    try (Stream<Path> journals = Files.list(state.path())) {
      for (Path directory : journals.filter(Files::isDirectory).toList()) {
        boolean _ =
            repairs.step(() -> {
              Optional<Journal> abandoned = Journal.takeOver(state, directory, repairs);
              if (abandoned.isPresent()) {
                undoAll(abandoned.get(), repairs);
              }
              return Optional.empty();
            });
      }
    }
    state.removeIfEmpty();
  }

  /**
   * What is to stay, as whoever wrote it down lives; to be asked after the abandoned were undone.
   */
  public static Set<Trace> living(StateDirectory state) throws IOException {
    Set<Trace> living = new HashSet<>();
    if (state.exists()) {
      try (Stream<Path> journals = Files.list(state.path())) {
        for (Path directory : journals.filter(Files::isDirectory).toList()) {
          living.addAll(Journal.peek(directory));
        }
      }
    }
    return living;
  }

  private static void undoAll(Journal journal, Repairs repairs) throws IOException {
    try (journal) {
      for (Trace trace : journal.traces()) {
        if (repairs.step(trace::undo)) {
          journal.forget(trace);
        }
      }
    }
  }
}
