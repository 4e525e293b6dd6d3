package dev.teletun.client.cluster.pair;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.StubApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An API server that keeps what it is given, over real HTTP, with versions and conflicts. Pods are
 * ready at once. It answers what it is told to refuse.
 */
final class StoringApiServer implements Closeable {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final String READY =
      """
      {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}\
      """;

  private final HttpServer http;
  private final Map<String, GenericKubernetesResource> objects = new LinkedHashMap<>(); // by path
  private final Map<String, Answer> refusals = new LinkedHashMap<>();
  private final Map<String, Runnable> before = new LinkedHashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final ClusterChoice choice;
  private long version = 100;

  private record Answer(int status, String body) {}

  private StoringApiServer(HttpServer http, ClusterChoice choice) {
    this.http = http;
    this.choice = choice;
  }

  static StoringApiServer open(Path directory) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Path kubeconfig =
        StubApiServer.kubeconfig(directory, "http://127.0.0.1:" + http.getAddress().getPort());
    StoringApiServer cluster =
        new StoringApiServer(
            http, new ClusterChoice(Optional.of(kubeconfig), Optional.empty(), Optional.of("dev")));
    http.createContext("/", cluster::handle);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
    return cluster;
  }

  ClusterChoice choice() {
    return choice;
  }

  ClusterApi api() throws IOException {
    return ClusterApi.open(Map.of(), choice);
  }

  /** Such as {@code Pod alice-cluster}, in the order in which they were made. */
  synchronized List<String> names() {
    return objects.values().stream()
        .map(o -> o.getKind() + " " + o.getMetadata().getName())
        .toList();
  }

  /** The identity of each object, by {@link #names}: another one was made anew. */
  synchronized Map<String, String> identities() {
    return objects.values().stream()
        .collect(
            Collectors.toMap(
                o -> o.getKind() + " " + o.getMetadata().getName(),
                o -> o.getMetadata().getUid(),
                (a, _) -> a,
                LinkedHashMap::new));
  }

  /** Everything, as JSON. */
  synchronized List<String> all() {
    return objects.values().stream().map(JSON::asJson).toList();
  }

  <T extends HasMetadata> Optional<T> get(String path, Class<T> type) {
    GenericKubernetesResource found;
    synchronized (this) {
      found = objects.get(path);
    }
    return Optional.ofNullable(found).map(o -> JSON.unmarshal(JSON.asJson(o), type));
  }

  /** Somebody else makes or changes it. */
  synchronized void put(String path, HasMetadata object) {
    store(path, JSON.unmarshal(JSON.asJson(object), GenericKubernetesResource.class));
  }

  /** Somebody else changes it, if it is there. */
  <T extends HasMetadata> void change(String path, Class<T> type, UnaryOperator<T> how) {
    get(path, type).ifPresent(now -> put(path, how.apply(now)));
  }

  /** Somebody else deletes what is called so. */
  synchronized void delete(String name) {
    objects.keySet().removeIf(path -> path.endsWith("/" + name));
  }

  /** Answers so from now on to requests such as {@code POST .../pods}. */
  synchronized void refuse(String request, int status, String message) {
    refusals.put(request, new Answer(status, failure(status, message)));
  }

  synchronized void recover() {
    refusals.clear();
  }

  /** Does that once, before it answers such a request. */
  synchronized void before(String request, Runnable what) {
    before.put(request, what);
  }

  /** Method and path of all that would change something. */
  synchronized List<String> changes() {
    return asked.stream().filter(a -> !a.startsWith("GET ")).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String request = exchange.getRequestMethod() + " " + path;
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String query = String.valueOf(exchange.getRequestURI().getRawQuery());
      takeBefore(request).ifPresent(Runnable::run);
      Answer answer = answer(request, path, query, body);
      byte[] bytes = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private synchronized Optional<Runnable> takeBefore(String request) {
    return before.keySet().stream().filter(request::matches).findFirst().map(before::remove);
  }

  private synchronized Answer answer(String request, String path, String query, String body) {
    asked.add(request);
    Optional<Answer> refusal =
        refusals.entrySet().stream()
            .filter(e -> request.matches(e.getKey()))
            .map(Map.Entry::getValue)
            .findFirst();
    return refusal.orElseGet(() ->
        switch (request.substring(0, request.indexOf(' '))) {
          case "GET" -> objects.containsKey(path) ? found(path) : list(path, query);
          case "POST" -> create(path, body);
          case "PUT" -> update(path, body);
          case "DELETE" -> remove(path);
          default -> new Answer(405, failure(405, request));
        });
  }

  private Answer found(String path) {
    return new Answer(200, JSON.asJson(objects.get(path)));
  }

  private Answer list(String path, String query) {
    if (!path.matches(".*/(pods|secrets|services|networkpolicies|leases|events)")) {
      return new Answer(404, failure(404, path + " not found"));
    }
    Map<String, String> wanted =
        Stream.of(query.split("&", -1))
            .filter(p -> p.startsWith("labelSelector="))
            .flatMap(p -> Stream.of(URLDecoder.decode(p.substring(14), UTF_8).split(",", -1)))
            .map(label -> label.split("=", 2))
            .collect(Collectors.toMap(l -> l[0], l -> l[1]));
    String items =
        objects.entrySet().stream()
            .filter(e -> e.getKey().startsWith(path + "/"))
            .map(Map.Entry::getValue)
            .filter(o -> o.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()))
            .map(JSON::asJson)
            .collect(Collectors.joining(","));
    return new Answer(
        200,
        "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{},\"items\":[%s]}"
            .formatted(items));
  }

  private Answer create(String path, String body) {
    GenericKubernetesResource made = JSON.unmarshal(body, GenericKubernetesResource.class);
    String at = path + "/" + made.getMetadata().getName();
    if (objects.containsKey(at)) {
      return new Answer(
          409, failure(409, "\"%s\" already exists".formatted(made.getMetadata().getName())));
    }
    made.getMetadata().setUid(UUID.randomUUID().toString());
    if (made.getKind().equals("Pod")) {
      made.setAdditionalProperty("status", JSON.unmarshal(READY, Map.class));
      if (made.get("spec") instanceof Map<?, ?> spec) {
        Map<Object, Object> placed = new LinkedHashMap<>(spec);
        placed.put("nodeName", "node-1");
        made.setAdditionalProperty("spec", placed);
      }
    }
    store(at, made);
    return new Answer(201, JSON.asJson(made));
  }

  private Answer update(String path, String body) {
    GenericKubernetesResource wanted = JSON.unmarshal(body, GenericKubernetesResource.class);
    GenericKubernetesResource now = objects.get(path);
    if (now == null) {
      return new Answer(404, failure(404, path + " not found"));
    }
    if (!Objects.equals(
        now.getMetadata().getResourceVersion(), wanted.getMetadata().getResourceVersion())) {
      return new Answer(409, failure(409, "the object has been modified"));
    }
    store(path, wanted);
    return found(path);
  }

  private Answer remove(String path) {
    GenericKubernetesResource gone = objects.remove(path);
    return gone == null
        ? new Answer(404, failure(404, path + " not found"))
        : new Answer(200, JSON.asJson(gone));
  }

  private void store(String path, GenericKubernetesResource object) {
    version++;
    object.getMetadata().setResourceVersion(Long.toString(version));
    objects.put(path, object);
  }

  private static String failure(int status, String message) {
    return JSON.asJson(
        Map.of(
            "kind",
            "Status",
            "apiVersion",
            "v1",
            "status",
            "Failure",
            "code",
            status,
            "message",
            message));
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
