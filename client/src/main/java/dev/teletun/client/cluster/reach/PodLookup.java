package dev.teletun.client.cluster.reach;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.protocol.address.Addresses;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the API server for the address of one pod. */
final class PodLookup {
  private PodLookup() {}

  /**
   * Finds a running pod by one API call of at most 10 s.
   *
   * @param podName {@code name} in the namespace in force, or {@code namespace/name}
   * @throws ClusterException for everything that keeps the pod from being dialled, with the remedy
   */
  static PodAddress find(ClusterApi api, String podName) throws ClusterException {
    PodName name = parse(podName);
    String namespace = name.namespace().orElse(api.namespace());
    PodName full = new PodName(Optional.of(namespace), name.name());
    Pod pod = ask(api, namespace, name.name());
    return new PodAddress(full, address(full, pod), pod);
  }

  private static PodName parse(String podName) throws ClusterException {
    try {
      return PodName.parse(podName);
    } catch (IllegalArgumentException e) {
      throw ClusterException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  private static Pod ask(ClusterApi api, String namespace, String name) throws ClusterException {
    try {
      @Nullable Pod pod = api.client().pods().inNamespace(namespace).withName(name).get();
      if (pod == null) {
        throw ClusterException.failed(
            "there is no pod \"%s\" in namespace \"%s\" of context \"%s\". List them with: kubectl get pods -n %s; or name another namespace: -pod=NAMESPACE/NAME"
                .formatted(name, namespace, api.context(), namespace));
      }
      return pod;
    } catch (KubernetesClientException e) {
      throw api.explain(e, "get", "pods", namespace);
    }
  }

  private static InetAddress address(PodName name, Pod pod) throws ClusterException {
    String phase = pod.getStatus() == null ? "Unknown" : pod.getStatus().getPhase();
    boolean leaving = pod.getMetadata().getDeletionTimestamp() != null;
    if (leaving || !"Running".equals(phase)) {
      throw ClusterException.failed(
          "pod \"%s\" is not running but %s. See why with: %s"
              .formatted(name, leaving ? "being deleted" : phase, describe(name)));
    }
    String ip = pod.getStatus().getPodIP();
    if (ip == null || ip.isEmpty()) {
      throw ClusterException.failed(
          "pod \"%s\" is running but has no IP address yet. Wait, then see: %s"
              .formatted(name, describe(name)));
    }
    try {
      return Addresses.parse(ip);
    } catch (IllegalArgumentException e) {
      throw ClusterException.failed(
          "the API server told a wrong address of pod \"%s\": %s".formatted(name, e.getMessage()),
          e);
    }
  }

  private static String describe(PodName name) {
    return "kubectl describe pod %s -n %s".formatted(name.name(), name.namespace().orElseThrow());
  }
}
