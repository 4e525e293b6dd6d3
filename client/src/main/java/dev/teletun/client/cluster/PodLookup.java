package dev.teletun.client.cluster;

import dev.teletun.protocol.address.Addresses;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the API server for the address of one pod. */
public final class PodLookup {
  // KubernetesClientException.getCode() when there was no HTTP answer
  private static final int NO_ANSWER = -1;

  private PodLookup() {}

  /**
   * Finds a running pod by one API call of at most 10 s; the exec plugin that a kubeconfig may name
   * runs before it and takes the time it takes.
   *
   * @param kubeconfig a file; if empty those of KUBECONFIG, else {@code ~/.kube/config}
   * @param podName {@code name} in the namespace of the current context, or {@code namespace/name}
   * @throws ClusterException for everything that keeps the pod from being dialled, with the remedy
   */
  public static PodAddress find(Optional<Path> kubeconfig, String podName) throws ClusterException {
    return find(new Kubeconfig(System.getenv()), kubeconfig, podName);
  }

  static PodAddress find(Map<String, String> environment, Optional<Path> kubeconfig, String podName)
      throws ClusterException {
    return find(new Kubeconfig(environment), kubeconfig, podName);
  }

  private static PodAddress find(Kubeconfig files, Optional<Path> kubeconfig, String podName)
      throws ClusterException {
    PodName name = parse(podName);
    Config config = files.load(kubeconfig);
    String namespace = name.namespace().orElse(namespaceOf(config));
    PodName full = new PodName(Optional.of(namespace), name.name());
    return new PodAddress(full, address(full, ask(config, full)));
  }

  private static PodName parse(String podName) throws ClusterException {
    try {
      return PodName.parse(podName);
    } catch (IllegalArgumentException e) {
      throw ClusterException.failed(String.valueOf(e.getMessage()), e);
    }
  }

  private static String namespaceOf(Config config) {
    String namespace = config.getNamespace();
    return namespace == null || namespace.isEmpty() ? "default" : namespace;
  }

  private static Pod ask(Config config, PodName name) throws ClusterException {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new JdkHttpClientFactory())
            .build()) {
      @Nullable Pod pod =
          client.pods().inNamespace(name.namespace().orElseThrow()).withName(name.name()).get();
      if (pod == null) {
        throw noSuchPod(config, name);
      }
      return pod;
    } catch (KubernetesClientException e) {
      throw explain(config, name, e);
    }
  }

  private static ClusterException noSuchPod(Config config, PodName name) {
    String namespace = name.namespace().orElseThrow();
    return ClusterException.failed(
        ("there is no pod \"%s\" in namespace \"%s\" of context \"%s\". List them with: kubectl get"
                + " pods -n %s; or name another namespace: -pod=NAMESPACE/NAME")
            .formatted(name.name(), namespace, context(config), namespace));
  }

  private static ClusterException explain(
      Config config, PodName name, KubernetesClientException e) {
    String namespace = name.namespace().orElseThrow();
    return switch (e.getCode()) {
      case 401 ->
          ClusterException.refused(
              ("the API server %s does not accept the credentials of context \"%s\" (401). Log in to"
                      + " the cluster again, or try: kubectl get pod %s -n %s")
                  .formatted(server(config), context(config), name.name(), namespace),
              e);
      case 403 ->
          ClusterException.refused(
              ("the API server %s does not let the user of context \"%s\" read pods in namespace"
                      + " \"%s\" (403). Ask for the right to get pods there; check with: kubectl"
                      + " auth can-i get pods -n %s")
                  .formatted(server(config), context(config), namespace, namespace),
              e);
      case NO_ANSWER, 0 ->
          ClusterException.failed(
              ("the API server %s of context \"%s\" cannot be asked: %s. Check the network and the"
                      + " proxy, or dial the server with -address=HOST")
                  .formatted(server(config), context(config), Unreachable.reason(e)),
              e);
      default ->
          ClusterException.failed(
              "the API server %s answered %d to the question for pod \"%s\": %s. Try: kubectl get pod %s -n %s"
                  .formatted(
                      server(config),
                      e.getCode(),
                      name,
                      Unreachable.rootMessage(e),
                      name.name(),
                      namespace),
              e);
    };
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

  private static String server(Config config) {
    return config.getMasterUrl();
  }

  private static String context(Config config) {
    return config.getCurrentContext() == null ? "" : config.getCurrentContext().getName();
  }
}
