package dev.teletun.client.cluster.reach;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Addresses that the API server names: literal ones, and names that this host resolves. */
final class Resolved {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private Resolved() {}

  /** Empty for what is no address. */
  static Optional<InetAddress> literal(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Addresses.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** All of them; where there are none, {@code missing} learns why. */
  static List<InetAddress> of(@Nullable String host, String what, List<String> missing) {
    if (host == null || host.isEmpty()) {
      missing.add(what + " has no address yet");
      return List.of();
    }
    Optional<InetAddress> literal = literal(host);
    if (literal.isPresent()) {
      return List.of(literal.get());
    }
    CompletableFuture<List<InetAddress>> asked = new CompletableFuture<>();
    Thread.ofVirtual().name("resolve").start(() -> ask(host, asked));
    try {
      return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException _) {
      missing.add("the name of %s does not resolve: %s".formatted(what, shown(host)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return List.of();
  }

  private static void ask(String host, CompletableFuture<List<InetAddress>> answer) {
    try {
      answer.complete(List.of(InetAddress.getAllByName(host)));
    } catch (UnknownHostException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  private static String shown(String host) {
    return host.length() <= 80 ? host : host.substring(0, 80) + "…";
  }
}
