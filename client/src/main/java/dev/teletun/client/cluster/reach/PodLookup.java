package dev.teletun.client.cluster.reach;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.settings.Similar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the API server for the address of one pod. */
final class PodLookup {
  private PodLookup() {}

  /**
   * Finds a running pod by one API call of at most 10 s; by two if it is of a pair of ours.
   *
   * @param podName {@code name} in the namespace in force, or {@code namespace/name}
   * @throws ClusterException for everything that keeps the pod from being dialled, with the remedy
   */
  static PodAddress find(ClusterApi api, String podName) throws ClusterException {
    PodName name = parse(podName);
    String namespace = name.namespace().orElse(api.namespace());
    PodName full = new PodName(Optional.of(namespace), name.name());
    Pod pod = ask(api, namespace, name.name());
    refuseWhatDoesNotRun(full, pod);
    OtherHalf.refuseAnotherNode(api, full, pod);
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
            "there is no pod \"%s\" in namespace \"%s\" of context \"%s\". %sList them with: kubectl get pods -n %s; or name another namespace: -pod=NAMESPACE/NAME"
                .formatted(
                    name,
                    namespace,
                    api.context(),
                    similar(api, namespace, name).map("Did you mean %s? "::formatted).orElse(""),
                    namespace));
      }
      return pod;
    } catch (KubernetesClientException e) {
      throw api.explain(e, "get", "pods", namespace);
    }
  }

  private static Optional<String> similar(ClusterApi api, String namespace, String name) {
    try {
      List<String> there =
          api.client().pods().inNamespace(namespace).list().getItems().stream()
              .map(pod -> pod.getMetadata().getName())
              .toList();
      return Similar.to(name, there);
    } catch (KubernetesClientException _) {
      return Optional.empty(); // it may read single pods only
    }
  }

  private static void refuseWhatDoesNotRun(PodName name, Pod pod) throws ClusterException {
    Optional<String> why = NotRunning.why(name, pod);
    if (why.isPresent()) {
      throw ClusterException.failed("%s. See why with: %s".formatted(why.get(), describe(name)));
    }
  }

  private static InetAddress address(PodName name, Pod pod) throws ClusterException {
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
