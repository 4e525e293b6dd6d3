package dev.teletun.cli.status;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Serves a program's counters to monitoring, at {@code http://127.0.0.1:PORT/metrics}. Runs on a
 * thread of the JDK's server.
 */
public final class MetricsServer implements Closeable {
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final String PATH = "/metrics";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int FAILED = 500;
  private static final int NO_BODY = -1;

  private final HttpServer server;

  private MetricsServer(HttpServer server) {
    this.server = server;
  }

  /** Listens from now on; 0 lets the kernel choose a port. */
  public static MetricsServer open(int port, ReportSource source) throws IOException {
    HttpServer server;
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), 0);
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on 127.0.0.1 port %d: %s. Another program has it (ss -ltnp), or it is below 1024; choose another -metrics-port"
              .formatted(port, e.getMessage()),
          e);
    }
    server.createContext("/", exchange -> answer(exchange, source));
    server.start();
    return new MetricsServer(server);
  }

  private static void answer(HttpExchange exchange, ReportSource source) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        exchange.sendResponseHeaders(NOT_FOUND, NO_BODY);
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.sendResponseHeaders(NOT_ALLOWED, NO_BODY);
      } else {
        sendCounters(exchange, source);
      }
    }
  }

  private static void sendCounters(HttpExchange exchange, ReportSource source) throws IOException {
    byte[] body;
    try {
      body = OpenMetrics.text(source.report().counts()).getBytes(StandardCharsets.UTF_8);
    } catch (IOException _) {
      exchange.sendResponseHeaders(FAILED, NO_BODY);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", OpenMetrics.CONTENT_TYPE);
    exchange.sendResponseHeaders(OK, body.length);
    exchange.getResponseBody().write(body);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
