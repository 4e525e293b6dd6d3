package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.Rung;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Dials several candidates side by side, the first rung first and each next one a head start later,
 * or at once when one has failed (RFC 8305). Who answers first waits for a head start in case that
 * somebody better, who is under way, answers, too. The others are ended.
 *
 * @param <T> what a dialler makes
 */
final class Race<T> {
  /** For each rung before the next: a round trip or two of TCP and TLS. */
  static final Duration HEAD_START = Duration.ofMillis(250);

  private static final String SILENT = "no answer yet when another place answered";

  /** Makes one attempt. */
  interface Dialler<T> {
    /** Blocks; closing {@code socket} on another thread ends it. */
    T dial(Candidate candidate, Socket socket) throws IOException;

    /** Takes back what came too late. */
    void drop(T late) throws IOException;
  }

  /** How a race went: no winner if all failed. Who was not dialled is not among the failures. */
  record Outcome<T>(
      @Nullable T won, @Nullable Candidate by, Map<Candidate, IOException> failures) {}

  private record Result<T>(Candidate of, @Nullable T made, @Nullable IOException failure) {}

  private final Dialler<T> dialler;
  private final Duration headStart;
  private final BlockingQueue<Result<T>> results = new LinkedBlockingQueue<>();
  private final Map<Candidate, Socket> underWay = new LinkedHashMap<>();
  private final Map<Candidate, IOException> failures = new LinkedHashMap<>();
  private @Nullable Result<T> best;
  private long bestUntilNanos;
  private boolean over; // guarded by results

  Race(Dialler<T> dialler, Duration headStart) {
    this.dialler = dialler;
    this.headStart = headStart;
  }

  /** Runs it, once. */
  Outcome<T> run(List<Candidate> candidates) throws IOException {
    List<Candidate> waiting = new ArrayList<>(candidates);
    try {
      while (!isDecided() && !(waiting.isEmpty() && underWay.isEmpty())) {
        if (best == null) {
          startNext(waiting);
        }
        take(next(waiting.isEmpty()));
      }
      Result<T> winner = best;
      best = null;
      underWay.keySet().forEach(late -> failures.put(late, new IOException(SILENT)));
      return winner == null
          ? new Outcome<>(null, null, failures)
          : new Outcome<>(winner.made, winner.of, failures);
    } finally {
      endOthers();
    }
  }

  /** True if nobody better is under way, or has had the time to answer. */
  private boolean isDecided() {
    Result<T> leader = best;
    return leader != null
        && (System.nanoTime() - bestUntilNanos >= 0
            || underWay.keySet().stream().noneMatch(c -> isBetter(c, leader.of)));
  }

  private static boolean isBetter(Candidate one, Candidate other) {
    return one.rung().compareTo(other.rung()) < 0;
  }

  private void take(@Nullable Result<T> first) throws IOException {
    for (Result<T> result = first; result != null; result = results.poll()) {
      underWay.remove(result.of);
      Result<T> before = best;
      if (result.failure != null) {
        failures.put(result.of, result.failure);
      } else if (before == null) {
        best = result;
        bestUntilNanos = System.nanoTime() + headStart.toNanos();
      } else if (isBetter(result.of, before.of)) {
        best = result;
        drop(before);
      } else {
        drop(result);
      }
    }
  }

  private void drop(Result<T> late) throws IOException {
    failures.put(late.of, new IOException("answered, but a better place did, too"));
    if (late.made != null) {
      dialler.drop(late.made);
    }
  }

  /** All of the first rung: they are as good as each other. */
  private void startNext(List<Candidate> waiting) {
    if (waiting.isEmpty()) {
      return;
    }
    Rung rung = waiting.getFirst().rung();
    while (!waiting.isEmpty() && waiting.getFirst().rung() == rung) {
      start(waiting.removeFirst());
    }
  }

  private void start(Candidate candidate) {
    Socket socket = candidate.socket();
    underWay.put(candidate, socket);
    Thread.ofVirtual().name("dial").start(() -> deliver(attempt(candidate, socket)));
  }

  private Result<T> attempt(Candidate candidate, Socket socket) {
    try {
      return new Result<>(candidate, dialler.dial(candidate, socket), null);
    } catch (IOException e) {
      return new Result<>(candidate, null, e);
    } catch (RuntimeException e) {
      return new Result<>(candidate, null, new IOException("internal error: " + e, e));
    }
  }

  private void deliver(Result<T> result) {
    synchronized (results) {
      if (!over) {
        results.add(result);
        return;
      }
    }
    dropQuietly(result);
  }

  private void dropQuietly(Result<T> late) {
    try {
      if (late.made != null) {
        dialler.drop(late.made);
      }
    } catch (IOException _) {
      // Then it is gone by itself.
    }
  }

  /** Null when it is time to start the next, or to be content with the best so far. */
  private @Nullable Result<T> next(boolean last) throws IOException {
    try {
      if (best != null) {
        return results.poll(bestUntilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      return last ? results.take() : results.poll(headStart.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while dialling", e);
    }
  }

  private void endOthers() throws IOException {
    List<Result<T>> late = new ArrayList<>();
    synchronized (results) {
      over = true;
      results.drainTo(late);
    }
    late.forEach(this::dropQuietly);
    if (best != null) {
      dropQuietly(best); // interrupted
    }
    for (Socket socket : underWay.values()) {
      socket.close();
    }
  }
}
