package dev.teletun.client.cluster.access;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Sends the token of changing credentials with each request, and once more with new ones after a
 * 401. Takes the place of fabric8's own, which would read the kubeconfig again and run its plugin
 * through a shell.
 */
final class Authorization implements Interceptor {
  private static final String HEADER = "Authorization";
  private static final String BEARER = "Bearer ";

  private final Credentials credentials;

  Authorization(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    set(builder);
  }

  @Override
  public CompletableFuture<Boolean> afterFailure(
      BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
    boolean again =
        response.code() == HttpURLConnection.HTTP_UNAUTHORIZED
            && credentials.renew(token(response.request()));
    if (again) {
      set(builder);
    }
    return CompletableFuture.completedFuture(again);
  }

  private static Optional<String> token(HttpRequest request) {
    return request.headers(HEADER).stream()
        .filter(value -> value.startsWith(BEARER))
        .map(value -> value.substring(BEARER.length()))
        .findFirst();
  }

  private void set(BasicBuilder builder) {
    credentials.token().ifPresent(token -> builder.setHeader(HEADER, BEARER + token));
  }
}
