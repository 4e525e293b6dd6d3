package dev.teletun.lab.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Answers gets, lists and watches over HTTP from objects that it is given, and fails as real ones
 * do when told to. Authenticates nobody. Any thread.
 */
public final class ApiServer implements Closeable {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int GONE = 410;

  private final HttpServer http;
  private final Map<String, Collection> collections = new HashMap<>();
  private final Map<String, Integer> refusals = new HashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private long version = 1000;
  private int status = OK;
  private boolean hanging;
  private boolean expiring;
  private boolean closed;

  private ApiServer(HttpServer http) {
    this.http = http;
  }

  /** Listens in the network namespace of this thread; port 0 is any. */
  public static ApiServer open(InetSocketAddress at) throws IOException {
    HttpServer http = HttpServer.create(at, 0);
    ApiServer server = new ApiServer(http);
    http.createContext("/", server::answer);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
    return server;
  }

  /** Its port. */
  public int port() {
    return http.getAddress().getPort();
  }

  /** Path and query of every request so far. */
  public List<String> asked() {
    return asked;
  }

  /**
   * There is such an object now, or it is another now.
   *
   * @param path of its collection, such as {@code /api/v1/services}, which is known from then on
   * @param name {@code namespace/name}, or {@code name} of what is in no namespace
   * @param fields JSON beside metadata, such as {@code "spec":{}}
   */
  public void put(String path, String name, String fields) {
    put(path, name, Map.of(), fields);
  }

  /** The same for one with labels. */
  public synchronized void put(
      String path, String name, Map<String, String> labels, String fields) {
    version++;
    collection(path).put(name, json(name, labels, fields), version);
    notifyAll();
  }

  /** The object is gone. */
  public synchronized void delete(String path, String name) {
    version++;
    collection(path).delete(name, json(name, Map.of(), "\"kind\":\"Gone\""), version);
    notifyAll();
  }

  /** There is such a collection, which may be empty. */
  public synchronized void know(String path) {
    collection(path);
  }

  private Collection collection(String path) {
    return collections.computeIfAbsent(path, _ -> new Collection());
  }

  private String json(String name, Map<String, String> labels, String fields) {
    String labelled =
        labels.entrySet().stream()
            .map(l -> "\"%s\":\"%s\"".formatted(l.getKey(), l.getValue()))
            .collect(Collectors.joining(",", "{", "}"));
    int slash = name.indexOf('/');
    String namespace = slash < 0 ? "" : "\"namespace\":\"%s\",".formatted(name.substring(0, slash));
    return "{\"metadata\":{%s\"name\":\"%s\",\"resourceVersion\":\"%d\",\"labels\":%s},%s}"
        .formatted(namespace, name.substring(slash + 1), version, labelled, fields);
  }

  /** Answers every request with this status from now on, and ends what is being watched. */
  public synchronized void refuse(int everyStatus) {
    status = everyStatus;
    endWatches();
  }

  /** Answers those for one collection with this status. */
  public synchronized void refuse(String path, int itsStatus) {
    refusals.put(path, itsStatus);
    endWatches();
  }

  /** Answers nothing from now on, and leaves what is being watched silent; or goes on. */
  public synchronized void hang(boolean on) {
    hanging = on;
    notifyAll();
  }

  /** Is itself again. */
  public synchronized void recover() {
    status = OK;
    refusals.clear();
    hanging = false;
    notifyAll();
  }

  /** Ends what is being watched. */
  public synchronized void endWatches() {
    collections.values().forEach(Collection::endWatches);
    notifyAll();
  }

  /** No watch can go on from before this moment. */
  public synchronized void forgetHistory() {
    collections.values().forEach(c -> c.forget(version));
    endWatches();
  }

  /** The next list that is to be continued is too old for that. */
  public synchronized void expireNextPage() {
    expiring = true;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getRawQuery());
    asked.add(path + "?" + query);
    try (exchange) {
      int refusal = awaitTurn(path, query.contains("continue="));
      if (refusal != OK) {
        exchange.sendResponseHeaders(refusal, -1);
      } else if (query.contains("watch=1")) {
        watch(exchange, path, number(query, "resourceVersion", 0));
      } else {
        list(exchange, path, query);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int awaitTurn(String path, boolean continued) throws InterruptedException {
    while (hanging && !closed) {
      wait();
    }
    if (continued && expiring) {
      expiring = false;
      return GONE;
    }
    if (status != OK) {
      return status;
    }
    boolean known = collections.containsKey(path) || one(path).isPresent();
    return refusals.getOrDefault(path, known ? OK : NOT_FOUND);
  }

  /** The object at a path of its own, below its collection's. */
  private synchronized Optional<String> one(String path) {
    int slash = path.lastIndexOf('/');
    Collection of = collections.get(path.substring(0, slash));
    return of == null ? Optional.empty() : of.one(path.substring(slash + 1));
  }

  private void list(HttpExchange exchange, String path, String query) throws IOException {
    int from = (int) number(query, "continue", 0);
    int limit = (int) number(query, "limit", Integer.MAX_VALUE);
    Optional<String> one = one(path);
    String page;
    synchronized (this) {
      page = one.isPresent() ? one.get() : collection(path).page(from, limit, version);
    }
    byte[] body = page.getBytes(UTF_8);
    exchange.sendResponseHeaders(OK, body.length);
    exchange.getResponseBody().write(body);
  }

  private void watch(HttpExchange exchange, String path, long since)
      throws IOException, InterruptedException {
    exchange.sendResponseHeaders(OK, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    Collection.Watch watch;
    synchronized (this) {
      watch = collection(path).watch(since);
    }
    while (true) {
      List<String> events = awaitEvents(watch);
      if (events.isEmpty()) {
        return;
      }
      for (String event : events) {
        out.write((event + "\n").getBytes(UTF_8));
      }
      out.flush();
    }
  }

  /** None once the watch has ended. */
  private synchronized List<String> awaitEvents(Collection.Watch watch)
      throws InterruptedException {
    while (!closed) {
      if (!hanging && watch.isOver()) {
        return List.of();
      }
      List<String> events = hanging ? List.of() : watch.next();
      if (!events.isEmpty()) {
        return events;
      }
      wait();
    }
    return List.of();
  }

  private static long number(String query, String name, long otherwise) {
    for (String parameter : query.split("&", -1)) {
      if (parameter.startsWith(name + "=") && parameter.length() > name.length() + 1) {
        return Long.parseLong(parameter.substring(name.length() + 1));
      }
    }
    return otherwise;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    http.stop(0);
  }
}
