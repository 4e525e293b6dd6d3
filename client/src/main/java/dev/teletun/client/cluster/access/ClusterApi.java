package dev.teletun.client.cluster.access;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.Closeable;
import java.util.Map;

/** The API server, as one user may ask it through one context of a kubeconfig. Any thread. */
public final class ClusterApi implements Closeable {
  // KubernetesClientException.getCode() when there was no HTTP answer
  private static final int NO_ANSWER = -1;

  private final Config config;
  private final KubernetesClient client;

  private ClusterApi(Config config, KubernetesClient client) {
    this.config = config;
    this.client = client;
  }

  /**
   * Reads the kubeconfig, for which it may run the exec plugin that it names; asks nothing yet.
   *
   * @throws ClusterException if it is of no use, with the remedy
   */
  public static ClusterApi open(ClusterChoice choice) throws ClusterException {
    return open(System.getenv(), choice);
  }

  /** The same in another environment: HOME, KUBECONFIG, SUDO_USER and the proxies are read. */
  public static ClusterApi open(Map<String, String> environment, ClusterChoice choice)
      throws ClusterException {
    Config config = new Kubeconfig(environment).load(choice);
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new JdkHttpClientFactory())
            .build();
    return new ClusterApi(config, client);
  }

  /** For questions; closed with this. */
  public KubernetesClient client() {
    return client;
  }

  /** Name of the context in use. */
  public String context() {
    return config.getCurrentContext() == null ? "" : config.getCurrentContext().getName();
  }

  /** The namespace that names without one are in. */
  public String namespace() {
    String namespace = config.getNamespace();
    return namespace == null || namespace.isEmpty() ? "default" : namespace;
  }

  /** URL of the API server. */
  public String server() {
    return config.getMasterUrl();
  }

  /**
   * What an answer means, and what to do.
   *
   * @param verb as RBAC has it, such as {@code get}
   * @param resource plural, such as {@code pods}
   * @param namespace empty for a resource of the whole cluster
   */
  public ClusterException explain(
      KubernetesClientException e, String verb, String resource, String namespace) {
    String where = namespace.isEmpty() ? "" : " in namespace \"%s\"".formatted(namespace);
    String flag = namespace.isEmpty() ? "" : " -n " + namespace;
    return switch (e.getCode()) {
      case 401 ->
          ClusterException.refused(
              "the API server %s does not accept the credentials of context \"%s\" (401). Log in to the cluster again, or try: kubectl get %s%s"
                  .formatted(server(), context(), resource, flag),
              e);
      case 403 ->
          ClusterException.refused(
              "the API server %s does not let the user of context \"%s\" %s %s%s (403). Ask for that right; check with: kubectl auth can-i %s %s%s"
                  .formatted(server(), context(), verb, resource, where, verb, resource, flag),
              e);
      case NO_ANSWER, 0 ->
          ClusterException.failed(
              "the API server %s of context \"%s\" cannot be asked: %s. Check the network and the proxy, or dial the server with -address=HOST"
                  .formatted(server(), context(), Unreachable.reason(e)),
              e);
      default ->
          ClusterException.failed(
              "the API server %s answered %d to: %s %s%s: %s. Try: kubectl get %s%s"
                  .formatted(
                      server(),
                      e.getCode(),
                      verb,
                      resource,
                      where,
                      Unreachable.rootMessage(e),
                      resource,
                      flag),
              e);
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
