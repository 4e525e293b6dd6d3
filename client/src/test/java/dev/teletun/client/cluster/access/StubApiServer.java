package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Answers over real HTTP what a test tells it: a stand-in, not an API server. */
public final class StubApiServer implements Closeable {
  private final HttpServer http;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private StubApiServer(HttpServer http) {
    this.http = http;
  }

  /** Says the same to every request. */
  public static StubApiServer answering(int status, String json) throws IOException {
    return answering(_ -> new Answer(status, json));
  }

  /** What a path is answered with. */
  public record Answer(int status, String json) {}

  /** Says what {@code answers} has for the path, which comes with its query. */
  public static StubApiServer answering(Function<String, Answer> answers) throws IOException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    StubApiServer server = new StubApiServer(http);
    http.createContext(
        "/",
        exchange -> {
          server.asked.add(
              "%s %s %s"
                  .formatted(
                      exchange.getRequestMethod(),
                      exchange.getRequestURI(),
                      exchange.getRequestHeaders().getFirst("Authorization")));
          Answer answer = answers.apply(exchange.getRequestURI().toString());
          byte[] body = answer.json().getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(answer.status(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    http.start();
    return server;
  }

  /** Method, path and authorization of every request so far. */
  public List<String> asked() {
    return asked;
  }

  /** Where it answers. */
  public String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** A kubeconfig for it, whose context {@code staging} is in the namespace {@code shop}. */
  public static Path kubeconfig(Path directory, String serverUrl) throws IOException {
    return kubeconfig(directory, serverUrl, "", "token: secret-token");
  }

  /**
   * The same.
   *
   * @param cluster YAML of the cluster, besides its URL
   * @param user YAML of the user
   */
  public static Path kubeconfig(Path directory, String serverUrl, String cluster, String user)
      throws IOException {
    return Files.writeString(
        directory.resolve("config"),
        """
        apiVersion: v1
        kind: Config
        current-context: staging
        contexts:
        - name: staging
          context: {cluster: far, user: alice, namespace: shop}
        clusters:
        - name: far
          cluster:
            server: "%s"
            %s
        users:
        - name: alice
          user:
            %s
        """
            .formatted(serverUrl, cluster, user));
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
