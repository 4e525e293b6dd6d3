package dev.teletun.client.cluster.reach;

import dev.teletun.client.cluster.access.ClusterApi;
import io.fabric8.kubernetes.client.Config;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where packets to the API server go: to itself, or to the proxy before it. */
final class ApiAddress {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private ApiAddress() {}

  static Optional<InetSocketAddress> of(ClusterApi api, List<String> missing) {
    URI server = URI.create(api.server());
    URI next = proxy(api.client().getConfiguration(), server).orElse(server);
    int port = next.getPort() > 0 ? next.getPort() : "http".equals(next.getScheme()) ? HTTP : HTTPS;
    return Resolved.of(host(next), "the API server, or the proxy before it,", missing).stream()
        .findFirst()
        .map(address -> new InetSocketAddress(address, port));
  }

  private static Optional<URI> proxy(Config config, URI server) {
    String proxy =
        "http".equals(server.getScheme()) ? config.getHttpProxy() : config.getHttpsProxy();
    return proxy == null || proxy.isEmpty() || isDirect(config.getNoProxy(), server.getHost())
        ? Optional.empty()
        : Optional.of(URI.create(proxy.contains("://") ? proxy : "http://" + proxy));
  }

  private static boolean isDirect(String @Nullable [] direct, @Nullable String host) {
    if (direct == null || host == null) {
      return false;
    }
    for (String suffix : direct) {
      if (!suffix.isBlank() && host.endsWith(suffix.strip())) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String host(URI of) {
    String host = of.getHost();
    return host != null && host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
