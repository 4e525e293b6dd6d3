package dev.teletun.client.cluster.prefix;

import com.fasterxml.jackson.databind.JsonNode;
import dev.teletun.client.cluster.access.Pause;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Knows the addresses of all objects of one kind, and follows what becomes of them.
 *
 * <pre>
 *   list ──► watch ──ends──► watch from there on
 *     ▲        └──too old (410)──┐
 *     └──────────────────────────┘
 * </pre>
 *
 * What is known stays until a later list replaces it. {@link #follow} is for one thread at a time,
 * everything else for any.
 */
final class Follower {
  private static final int PAGE = 500;
  private static final int MOST_OBJECTS = 200_000;
  private static final int SHORTEST_WATCH_SECONDS = 60;
  private static final long GRACE_NANOS = Duration.ofSeconds(15).toNanos();
  private static final Duration STEADY = Duration.ofSeconds(5);
  private static final Duration BREATH = Duration.ofMillis(500);
  private static final int GONE = 410;
  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;

  private final Kind kind;
  private final Listener listener;
  private final Pause pause = new Pause(ThreadLocalRandom.current());
  private Map<String, List<String>> objects = new HashMap<>();
  private String version = "";
  private int path;
  private volatile boolean listed;
  private volatile int status;
  private volatile boolean overflown;
  private volatile long deadlineNanos;
  private volatile boolean reading;
  private volatile @Nullable InputStream open;

  /** Asks nothing yet. */
  Follower(Kind kind, Listener listener) {
    this.kind = kind;
    this.listener = listener;
  }

  /** Called on the following thread. */
  interface Listener {
    /** The API server answers. */
    void heard();

    /** Something else is known than before, or that nothing is to be known. */
    void changed();

    /** What was answered until now is refused. */
    void refused(Kind kind, StatusException why);
  }

  Kind kind() {
    return kind;
  }

  /** True once it was listed, or refused. */
  boolean isSettled() {
    return listed || status != 0;
  }

  /** What is known now. */
  synchronized Known known() {
    return new Known(isSettled(), status, overflown, Map.copyOf(objects));
  }

  /**
   * What is known of a kind.
   *
   * @param settled whether an answer came, ever
   * @param status the answer that refused it last; 0 if none did
   * @param overflown whether there are more than anybody should have
   * @param objects addresses and prefixes of each, by namespace and name
   */
  record Known(boolean settled, int status, boolean overflown, Map<String, List<String>> objects) {
    static final Known NOTHING = new Known(false, 0, false, Map.of());
  }

  /**
   * Follows until this thread is interrupted.
   *
   * @throws IOException if the API server cannot be asked, or does not know us
   */
  void follow(ApiReader api) throws IOException {
    while (true) {
      try {
        if (version.isEmpty()) {
          list(api);
        }
        long begun = System.nanoTime();
        watch(api);
        if (System.nanoTime() - begun > STEADY.toNanos()) {
          pause.reset();
        } else {
          sleep(BREATH);
        }
      } catch (StatusException e) {
        if (e.code() == UNAUTHORIZED) {
          throw e;
        }
        sleep(afterRefusal(e));
      } finally {
        reading = false;
      }
    }
  }

  /** How long to wait before the next question. */
  private Duration afterRefusal(StatusException e) {
    if (e.code() == GONE) {
      version = "";
      return BREATH;
    }
    if (e.code() == NOT_FOUND && path + 1 < kind.paths().size()) {
      path++;
      return Duration.ZERO;
    }
    path = 0;
    if (status == 0 && listed) {
      listener.refused(kind, e);
    }
    status = e.code();
    listener.changed();
    Duration next = pause.next();
    return next.compareTo(e.retryAfter()) < 0 ? e.retryAfter() : next;
  }

  private void list(ApiReader api) throws IOException {
    Map<String, List<String>> found = new HashMap<>();
    String next = "";
    ApiReader.Page page;
    overflown = false;
    do {
      String from =
          next.isEmpty() ? "" : "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
      page =
          ApiReader.readPage(
              begin(api, "?limit=" + PAGE + kind.selection() + from, 0), o -> put(found, o));
      next = page.next();
    } while (!next.isEmpty() && !overflown);
    synchronized (this) {
      objects = found;
    }
    version = page.version();
    listed = true;
    status = 0;
    listener.changed();
  }

  private InputStream begin(ApiReader api, String query, int seconds) throws IOException {
    deadlineNanos = System.nanoTime() + Duration.ofSeconds(seconds).toNanos() + GRACE_NANOS;
    reading = true;
    InputStream body = api.open(kind.paths().get(path) + query);
    open = body;
    listener.heard();
    return body;
  }

  private void watch(ApiReader api) throws IOException {
    int seconds =
        SHORTEST_WATCH_SECONDS + ThreadLocalRandom.current().nextInt(SHORTEST_WATCH_SECONDS);
    InputStream events =
        begin(
            api,
            "?watch=1&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s%s"
                .formatted(seconds, version, kind.selection()),
            seconds);
    status = 0;
    try {
      ApiReader.readEvents(events, this::event);
    } catch (StatusException | InterruptedIOException e) {
      throw e;
    } catch (IOException _) {
      // Cut off in the middle: the next watch goes on where this one ended.
    }
  }

  private void event(String type, JsonNode object) {
    version = object.path("metadata").path("resourceVersion").asText(version);
    if (type.equals("BOOKMARK")) {
      return;
    }
    boolean different;
    synchronized (this) {
      different = type.equals("DELETED") ? remove(objects, object) : put(objects, object);
    }
    if (different) {
      listener.changed();
    }
  }

  /** True if it says something else than before. */
  private boolean put(Map<String, List<String>> into, JsonNode object) {
    List<String> texts = kind.project(object);
    if (texts.isEmpty()) {
      return remove(into, object);
    }
    String name = name(object);
    if (into.size() >= MOST_OBJECTS && !into.containsKey(name)) {
      overflown = true;
      return false;
    }
    return !texts.equals(into.put(name, texts));
  }

  private static boolean remove(Map<String, List<String>> from, JsonNode object) {
    return from.remove(name(object)) != null;
  }

  private static String name(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    String namespace = metadata.path("namespace").asText();
    String name = metadata.path("name").asText();
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  /** True if an answer should have ended by now: whoever is to send it is gone. */
  boolean isOverdue() {
    return reading && System.nanoTime() - deadlineNanos > 0;
  }

  /** Ends what is being read. */
  void cut() throws IOException {
    InputStream body = open;
    if (body != null) {
      body.close();
    }
  }

  private void sleep(Duration time) throws IOException {
    reading = false;
    try {
      Thread.sleep(time);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("no longer followed");
    }
  }
}
