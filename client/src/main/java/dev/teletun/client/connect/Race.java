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
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Dials several candidates side by side, the first rung first and each next one a head start later,
 * or at once when nothing before it is left. The first that succeeds wins; the others are ended.
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
  private final AtomicBoolean decided = new AtomicBoolean();
  private final Map<Candidate, Socket> underWay = new LinkedHashMap<>();
  private final Map<Candidate, IOException> failures = new LinkedHashMap<>();

  Race(Dialler<T> dialler, Duration headStart) {
    this.dialler = dialler;
    this.headStart = headStart;
  }

  /** Runs it, once. */
  Outcome<T> run(List<Candidate> candidates) throws IOException {
    List<Candidate> waiting = new ArrayList<>(candidates);
    try {
      while (!waiting.isEmpty() || !underWay.isEmpty()) {
        startNext(waiting);
        Result<T> result = next(waiting.isEmpty());
        while (result != null) {
          underWay.remove(result.of);
          if (result.failure == null) {
            underWay.keySet().forEach(late -> failures.put(late, new IOException(SILENT)));
            return new Outcome<>(result.made, result.of, failures);
          }
          failures.put(result.of, result.failure);
          result = results.poll();
        }
      }
      return new Outcome<>(null, null, failures);
    } finally {
      endOthers();
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
    Thread.ofVirtual().name("dial").start(() -> results.add(attempt(candidate, socket)));
  }

  private Result<T> attempt(Candidate candidate, Socket socket) {
    try {
      T made = dialler.dial(candidate, socket);
      if (decided.compareAndSet(false, true)) {
        return new Result<>(candidate, made, null);
      }
      dialler.drop(made);
      return new Result<>(candidate, null, new IOException("too late"));
    } catch (IOException e) {
      return new Result<>(candidate, null, e);
    } catch (RuntimeException e) {
      return new Result<>(candidate, null, new IOException("internal error: " + e, e));
    }
  }

  /** Null when it is time to start the next. */
  private @Nullable Result<T> next(boolean last) throws IOException {
    try {
      return last ? results.take() : results.poll(headStart.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while dialling", e);
    }
  }

  private void endOthers() throws IOException {
    decided.set(true);
    for (Socket socket : underWay.values()) {
      socket.close();
    }
  }
}
