package dev.teletun.client.cluster.reach;

import dev.teletun.client.cluster.access.ClusterChoice;

/** A TCP port of a pod, to be reached through the API server. */
public record PodPort(ClusterChoice cluster, String namespace, String pod, int port) {
  @Override
  public String toString() {
    return "port %d of pod %s/%s".formatted(port, namespace, pod);
  }
}
