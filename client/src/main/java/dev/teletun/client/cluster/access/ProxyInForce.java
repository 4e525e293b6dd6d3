package dev.teletun.client.cluster.access;

import io.fabric8.kubernetes.client.Config;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;

/** The HTTP proxy that the API server is asked through, as one may show it. */
final class ProxyInForce {
  private ProxyInForce() {}

  /** Its URL without the login; empty if there is none on the way. */
  static Optional<String> of(Config config) {
    String host = URI.create(config.getMasterUrl()).getHost();
    String[] direct = config.getNoProxy() == null ? new String[0] : config.getNoProxy();
    if (host == null || Stream.of(direct).anyMatch(d -> !d.isBlank() && host.endsWith(d.strip()))) {
      return Optional.empty();
    }
    return Stream.of(
            Optional.ofNullable(config.getHttpsProxy()), Optional.ofNullable(config.getHttpProxy()))
        .flatMap(Optional::stream)
        .filter(url -> !url.isEmpty())
        .map(url -> url.replaceFirst("//[^/]*@", "//"))
        .findFirst();
  }

  /** Why a request through it got no answer. */
  static String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // What the JDK, and fabric8 where there is no body, make of a CONNECT that was refused.
      if (cause instanceof NullPointerException
          || String.valueOf(cause.getMessage()).startsWith("Tunnel failed")) {
        return "the proxy does not let us through (it wants another login, or may not go there)";
      }
    }
    return Unreachable.reason(failure);
  }
}
