package dev.teletun.client.connect;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.reach.PodLookup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Finds the address to dial, before anything of the host is changed. */
final class Endpoint {
  private Endpoint() {}

  /** The explicit address if there is one, else the pod's, by one call to the API server. */
  static InetSocketAddress find(ClientOptions options) throws IOException {
    if (options.address().isPresent()) {
      return new InetSocketAddress(resolve(options.address().get()), options.port());
    }
    try (ClusterApi api = ClusterApi.open(options.cluster())) {
      return new InetSocketAddress(
          PodLookup.find(api, options.pod().orElseThrow()).address(), options.port());
    }
  }

  private static InetAddress resolve(String host) throws IOException {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new IOException(
          "-address=%s does not resolve: write an IP address, or check the name with getent hosts %s"
              .formatted(host, host),
          e);
    }
  }
}
