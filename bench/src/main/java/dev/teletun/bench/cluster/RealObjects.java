package dev.teletun.bench.cluster;

import dev.teletun.bench.field.Json;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes thousands of objects in a real cluster, through kubectl's proxy, which has the kubeconfig's
 * credentials. Its pods are bound to a Node that nobody runs, so that nothing is started.
 */
final class RealObjects implements Closeable {
  private static final int AT_ONCE = 8;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern SERVING = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");
  private static final int CONFLICT = 409;

  private final String namespace;
  private final String node;
  private final RunningProgram proxy;
  private final URI api;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private RealObjects(String namespace, RunningProgram proxy, URI api) {
    this.namespace = namespace;
    this.node = namespace;
    this.proxy = proxy;
    this.api = api;
  }

  /** For a namespace that is there. */
  static RealObjects in(Host host, String namespace) throws IOException {
    RunningProgram proxy = host.start("kubectl", "proxy", "--port=0");
    Matcher port = SERVING.matcher(proxy.awaitLine(SERVING, LIMIT));
    if (!port.find()) {
      throw new IOException("kubectl proxy does not serve: " + proxy.output());
    }
    return new RealObjects(
        namespace, proxy, URI.create("http://127.0.0.1:%s".formatted(port.group(1))));
  }

  /** That many Services that lead nowhere, and pods that do not run. */
  void fill(int services, int pods) throws IOException {
    if (pods > 0) {
      post("/api/v1/nodes", object(node, "", "spec", Json.members("unschedulable", true)));
    }
    each(services, i -> service("s" + i, Json.members()));
    each(pods, this::pod);
  }

  /** A Service for those pods; the API shows it on return. */
  void service(String name, Map<String, Object> selector) throws IOException {
    post(
        in("services"),
        object(
            name,
            namespace,
            "spec",
            Json.members(
                "selector",
                selector,
                "ports",
                List.of(Json.members("port", 80, "targetPort", 8080)))));
  }

  void deleteService(String name) throws IOException {
    send("DELETE", in("services") + "/" + name, "");
  }

  private void pod(int i) throws IOException {
    String name = "p" + i;
    post(
        in("pods"),
        object(
            name,
            namespace,
            "spec",
            Json.members(
                "nodeName",
                node,
                "automountServiceAccountToken",
                false,
                "terminationGracePeriodSeconds",
                0,
                "tolerations",
                List.of(Json.members("operator", "Exists")),
                "containers",
                List.of(Json.members("name", "none", "image", "none:1")))));
    String ip = "10.%d.%d.%d".formatted(247 + i / 62_500, i / 250 % 250, i % 250 + 1);
    send(
        "PATCH",
        in("pods") + "/" + name + "/status",
        Json.of(
            Json.members(
                "status",
                Json.members(
                    "phase", "Running", "podIP", ip, "podIPs", List.of(Json.members("ip", ip))))));
  }

  /** Removes what was made outside the namespace, and pods, which no kubelet ends. */
  void clear() throws IOException {
    send("DELETE", in("pods") + "?gracePeriodSeconds=0&fieldSelector=spec.nodeName%3D" + node, "");
    send("DELETE", "/api/v1/nodes/" + node, "");
  }

  private String in(String resource) {
    return "/api/v1/namespaces/%s/%s".formatted(namespace, resource);
  }

  private static Map<String, Object> object(
      String name, String in, String field, Map<String, Object> value) {
    Map<String, Object> metadata =
        in.isEmpty() ? Json.members("name", name) : Json.members("name", name, "namespace", in);
    return Json.members("metadata", metadata, field, value);
  }

  private void post(String path, Map<String, Object> object) throws IOException {
    send("POST", path, Json.of(object));
  }

  private void send(String method, String path, String json) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(api.resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(json))
            .header(
                "Content-Type",
                method.equals("PATCH") ? "application/merge-patch+json" : "application/json")
            .timeout(LIMIT)
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      boolean gone = method.equals("DELETE") && answer.statusCode() == 404;
      if (answer.statusCode() >= 300 && answer.statusCode() != CONFLICT && !gone) {
        throw new IOException(
            "%s %s: %d %s".formatted(method, path, answer.statusCode(), answer.body()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private interface Making {
    void make(int i) throws IOException;
  }

  private static void each(int count, Making making) throws IOException {
    try (ExecutorService makers = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<?>> made = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int index = i;
        made.add(
            makers.submit(() -> {
              making.make(index);
              return true;
            }));
      }
      for (Future<?> one : made) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }
}
