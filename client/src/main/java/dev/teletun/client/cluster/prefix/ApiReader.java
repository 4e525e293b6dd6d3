package dev.teletun.client.cluster.prefix;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * Reads lists and watches of one API server object by object, so that a list of thousands needs the
 * memory of one. Any thread.
 */
final class ApiReader {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long LONGEST_RETRY_AFTER_SECONDS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final String server;

  /** The caller keeps {@code http}. */
  ApiReader(HttpClient http, String server) {
    this.http = http;
    this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
  }

  /**
   * One page of a list.
   *
   * @param version of the list, from where a watch goes on
   * @param next what continues the list, or nothing
   */
  record Page(String version, String next) {}

  /**
   * An answer that is still being read.
   *
   * @throws StatusException if the answer is another than 200
   * @throws IOException without an answer within 10 s
   */
  InputStream open(String pathAndQuery) throws IOException {
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(server + pathAndQuery)
            .header("Accept", "application/json")
            .header("Accept-Encoding", "gzip")
            .forStreaming()
            .build();
    HttpResponse<InputStream> response = await(http.sendAsync(request, InputStream.class));
    if (response.code() != 200) {
      response.body().close();
      throw new StatusException(response.code(), retryAfter(response));
    }
    return "gzip".equalsIgnoreCase(response.header("Content-Encoding"))
        ? new GZIPInputStream(response.body())
        : response.body();
  }

  private static <T> T await(CompletableFuture<T> answer) throws IOException {
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer within %d s".formatted(PATIENCE.toSeconds()), e);
    } catch (InterruptedException _) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("no longer asked");
    }
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    String seconds = response.header("Retry-After");
    return seconds == null || !seconds.matches("\\d{1,9}")
        ? Duration.ZERO
        : Duration.ofSeconds(Math.min(LONGEST_RETRY_AFTER_SECONDS, Long.parseLong(seconds)));
  }

  /** Hands each object of a page over while it is read. */
  static Page readPage(InputStream page, Consumer<JsonNode> each) throws IOException {
    String version = "";
    String next = "";
    try (JsonParser json = JSON.createParser(page)) {
      require(json, json.nextToken(), JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        if (field.equals("metadata")) {
          JsonNode metadata = json.readValueAsTree();
          version = metadata.path("resourceVersion").asText();
          next = metadata.path("continue").asText();
        } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            each.accept(json.readValueAsTree());
          }
        } else {
          json.skipChildren();
        }
      }
      require(json, json.currentToken(), JsonToken.END_OBJECT);
    }
    return new Page(version, next);
  }

  /** Takes the events of a watch. */
  interface Events {
    /** One more, of which {@code type} is ADDED, MODIFIED, DELETED or BOOKMARK. */
    void event(String type, JsonNode object);
  }

  /**
   * Hands each event of a watch over until the watch ends.
   *
   * @throws StatusException if it ends with an error
   */
  static void readEvents(InputStream watch, Events each) throws IOException {
    try (JsonParser json = JSON.createParser(watch)) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        JsonNode event = json.readValueAsTree();
        String type = event.path("type").asText();
        JsonNode object = event.path("object");
        if (type.equals("ERROR")) {
          throw new StatusException(object.path("code").asInt(), Duration.ZERO);
        }
        each.event(type, object);
      }
    }
  }

  private static void require(JsonParser json, JsonToken is, JsonToken expected)
      throws IOException {
    if (is != expected) {
      throw new IOException(
          "the API server's answer is no list: %s where %s should be, at byte %d"
              .formatted(is, expected, json.currentLocation().getByteOffset()));
    }
  }
}
