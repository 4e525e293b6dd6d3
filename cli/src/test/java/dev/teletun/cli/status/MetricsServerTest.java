package dev.teletun.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.count.Count;
import dev.teletun.protocol.count.Report;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
  private static final Report REPORT =
      new Report(
          List.of(),
          List.of(
              new Count("teletun_packets", "Packets.", "direction", "to_peer", 5),
              new Count("teletun_packets", "Packets.", "direction", "a\"b\\", 0),
              new Count("teletun_lost", "Lost.", "", "", 2)));

  @Test
  void servesOpenMetrics() throws IOException, InterruptedException {
    try (MetricsServer server = MetricsServer.open(0, () -> REPORT)) {
      HttpResponse<String> answer = fetch(server, "/metrics");

      assertThat(answer.headers().firstValue("Content-Type"))
          .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
      assertThat(answer.body())
          .isEqualTo(
              """
              # TYPE teletun_packets counter
              # HELP teletun_packets Packets.
              teletun_packets_total{direction="to_peer"} 5
              teletun_packets_total{direction="a\\"b\\\\"} 0
              # TYPE teletun_lost counter
              # HELP teletun_lost Lost.
              teletun_lost_total 2
              # EOF
              """);
    }
  }

  @Test
  void hasNothingElse() throws IOException, InterruptedException {
    try (MetricsServer server = MetricsServer.open(0, () -> REPORT)) {
      assertThat(fetch(server, "/").statusCode()).isEqualTo(404);
      assertThat(fetch(server, "/metrics/../x").statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> fetch(MetricsServer from, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + from.port() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }
  }
}
