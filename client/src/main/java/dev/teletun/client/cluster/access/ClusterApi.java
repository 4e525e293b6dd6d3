package dev.teletun.client.cluster.access;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import java.io.Closeable;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

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

  /** The same in another environment: HOME, KUBECONFIG, SUDO_UID and the proxies are read. */
  public static ClusterApi open(Map<String, String> environment, ClusterChoice choice)
      throws ClusterException {
    Kubeconfig.Access access = new Kubeconfig(InvokingUser.of(environment)).load(choice);
    Config config = access.config();
    try {
      return new ClusterApi(config, client(config, access.credentials()));
    } catch (KubernetesClientException e) {
      throw ClusterException.failed(
          "the kubeconfig's certificates, keys or proxy for %s cannot be used: %s. Try: kubectl get pods"
              .formatted(config.getMasterUrl(), Unreachable.rootMessage(e)),
          e);
    }
  }

  private static KubernetesClient client(Config config, Credentials credentials)
      throws ClusterException {
    Optional<TlsServerName> name =
        Optional.ofNullable(config.getTlsServerName())
            .filter(n -> !n.isEmpty() && !config.isDisableHostnameVerification())
            .map(TlsServerName::new);
    config.setTlsServerName(null);
    if (name.isPresent()) {
      config.setMasterUrl(TlsServerName.byAddress(config.getMasterUrl()));
    }
    Optional<KeyManager> changing =
        credentials instanceof PluginCredentials plugin
                && plugin.current().certificate().isPresent()
            ? Optional.of(new PluginKeyManager(plugin))
            : Optional.empty();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(
            name.map(TlsServerName::factory).orElseGet(JdkHttpClientFactory::new))
        .withHttpClientBuilderConsumer(http -> {
          if (credentials.token().isPresent() || changing.isPresent()) {
            http.addOrReplaceInterceptor(
                TokenRefreshInterceptor.NAME, new Authorization(credentials));
          }
          if (name.isPresent() || changing.isPresent()) {
            TrustManager[] trusted = trust(config);
            http.sslContext(
                changing.map(key -> new KeyManager[] {key}).orElseGet(() -> keys(config)),
                name.map(n -> n.trust(trusted)).orElse(trusted));
          }
        })
        .build();
  }

  private static KeyManager[] keys(Config config) {
    try {
      return SSLUtils.keyManagers(config);
    } catch (GeneralSecurityException | IOException e) {
      throw new KubernetesClientException("the client certificate or its key cannot be read", e);
    }
  }

  private static TrustManager[] trust(Config config) {
    try {
      return SSLUtils.trustManagers(config);
    } catch (GeneralSecurityException | IOException e) {
      throw new KubernetesClientException("the cluster's certificate authority cannot be read", e);
    }
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

  /** What tells this cluster from any other: its address and the authority behind it. */
  public String identity() {
    return server() + " " + config.getCaCertData();
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
      case NO_ANSWER, 0 -> unanswered(e);
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

  private ClusterException unanswered(KubernetesClientException e) {
    Optional<String> proxy = ProxyInForce.of(config);
    return proxy.isEmpty()
        ? ClusterException.failed(
            "the API server %s of context \"%s\" cannot be asked: %s. Check the network and the proxy, or dial the server with -address=HOST"
                .formatted(server(), context(), Unreachable.reason(e)),
            e)
        : ClusterException.failed(
            "the API server %s of context \"%s\" cannot be asked through the proxy %s: %s. Check proxy-url in the kubeconfig, else HTTPS_PROXY and NO_PROXY; a login goes into the URL: http://USER:PASSWORD@HOST:PORT"
                .formatted(server(), context(), proxy.get(), ProxyInForce.reason(e)),
            e);
  }

  @Override
  public void close() {
    client.close();
  }
}
