package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files say about which cluster to talk to and as whom, read the way kubectl does.
 *
 * <p>fabric8's own reading falls back to {@code localhost} and to another context without a word,
 * and runs credential plugins through a shell; this one ends with a reason, and leaves to fabric8
 * only data: no file and no plugin.
 */
final class Kubeconfig {
  private static final int PATIENCE_MILLIS = 10_000;

  private final InvokingUser user;

  /** Reads as that person. */
  Kubeconfig(InvokingUser user) {
    this.user = user;
  }

  /** How to reach a cluster. */
  record Access(Config config, Credentials credentials) {}

  /**
   * Reads the given file, or those that KUBECONFIG names, or {@code ~/.kube/config}. May run the
   * credential plugin that a file names.
   */
  Access load(ClusterChoice choice) throws ClusterException {
    KubeconfigFiles files = new KubeconfigFiles(user);
    List<Path> found = files.find(choice.kubeconfig());
    String shown = String.join(":", found.stream().map(Path::toString).toList());
    try {
      List<io.fabric8.kubernetes.api.model.Config> parsed = new ArrayList<>();
      for (Path file : found) {
        parsed.add(files.read(file));
      }
      NamedContext context = context(choice.context(), shown, parsed);
      Cluster cluster = cluster(shown, context, parsed);
      Optional<AuthInfo> auth = auth(context, parsed);
      Optional<ExecConfig> exec = auth.map(AuthInfo::getExec);
      auth.ifPresent(a -> a.setExec(null)); // or merging would run it
      Config config = Config.empty();
      KubeConfigUtils.merge(
          config, context.getName(), parsed.toArray(io.fabric8.kubernetes.api.model.Config[]::new));
      choice.namespace().ifPresent(config::setNamespace);
      inline(config);
      impersonate(config, auth);
      proxies(config, cluster);
      impatient(config);
      return new Access(config, credentials(auth, exec, cluster));
    } catch (KubernetesClientException e) {
      throw ClusterException.failed(
          "cannot use kubeconfig %s: %s. Check it with: kubectl --kubeconfig=%s config view"
              .formatted(shown, Unreachable.rootMessage(e), shown),
          e);
    }
  }

  /** The first file that names a current context wins, as with kubectl. */
  private static NamedContext context(
      Optional<String> chosen, String shown, List<io.fabric8.kubernetes.api.model.Config> parsed)
      throws ClusterException {
    List<NamedContext> known = parsed.stream().flatMap(c -> c.getContexts().stream()).toList();
    String current =
        chosen.orElseGet(() ->
            parsed.stream()
                .map(io.fabric8.kubernetes.api.model.Config::getCurrentContext)
                .filter(c -> c != null && !c.isEmpty())
                .findFirst()
                .orElse(""));
    Optional<NamedContext> found =
        known.stream()
            .filter(c -> c.getName().equals(current) && c.getContext() != null)
            .findFirst();
    if (found.isEmpty()) {
      List<String> names = known.stream().map(NamedContext::getName).distinct().toList();
      throw ClusterException.failed(
          "kubeconfig %s has %s. It knows %s: choose one with -context=NAME"
              .formatted(
                  shown,
                  current.isEmpty() ? "no current context" : "no context \"%s\"".formatted(current),
                  names.isEmpty() ? "no context at all" : String.join(", ", names)));
    }
    return found.get();
  }

  private static Cluster cluster(
      String shown, NamedContext context, List<io.fabric8.kubernetes.api.model.Config> parsed)
      throws ClusterException {
    String name = context.getContext().getCluster();
    return parsed.stream()
        .flatMap(c -> c.getClusters().stream())
        .filter(c -> Objects.equals(c.getName(), name) && c.getCluster() != null)
        .map(NamedCluster::getCluster)
        .findFirst()
        .orElseThrow(() ->
            ClusterException.failed(
                "context \"%s\" of kubeconfig %s names the unknown cluster \"%s\". See: kubectl config view"
                    .formatted(context.getName(), shown, name)));
  }

  private static Optional<AuthInfo> auth(
      NamedContext context, List<io.fabric8.kubernetes.api.model.Config> parsed) {
    return parsed.stream()
        .flatMap(c -> c.getUsers().stream())
        .filter(u -> Objects.equals(u.getName(), context.getContext().getUser()))
        .map(NamedAuthInfo::getUser)
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** In kubectl's order: a file of a token before the token, both before a plugin. */
  private Credentials credentials(
      Optional<AuthInfo> auth, Optional<ExecConfig> exec, Cluster cluster) throws ClusterException {
    String tokenFile = auth.map(AuthInfo::getTokenFile).orElse("");
    if (!tokenFile.isEmpty()) {
      return new TokenFile(user, Path.of(tokenFile));
    }
    boolean token = !auth.map(AuthInfo::getToken).orElse("").isEmpty();
    return exec.isPresent() && !token
        ? PluginCredentials.of(new ExecPlugin(exec.get(), Optional.of(cluster), user))
        : Credentials.NONE;
  }

  /** Puts the files' content in place of their names: they are to be read as their owner. */
  private void inline(Config config) throws ClusterException {
    config.setCaCertData(data(config.getCaCertData(), config.getCaCertFile()));
    config.setClientCertData(data(config.getClientCertData(), config.getClientCertFile()));
    config.setClientKeyData(data(config.getClientKeyData(), config.getClientKeyFile()));
    config.setCaCertFile(null);
    config.setClientCertFile(null);
    config.setClientKeyFile(null);
    if (config.getClientKeyData() != null) {
      String pem = new String(Base64.getMimeDecoder().decode(config.getClientKeyData()), US_ASCII);
      KeyAlgorithm.of(pem).ifPresent(config::setClientKeyAlgo);
    }
  }

  private @Nullable String data(@Nullable String data, @Nullable String file)
      throws ClusterException {
    if (data != null && !data.isEmpty()) {
      return data;
    }
    if (file == null || file.isEmpty()) {
      return null;
    }
    try {
      return Base64.getEncoder().encodeToString(user.read(Path.of(file)));
    } catch (IOException e) {
      throw ClusterException.failed(
          "cannot read %s, which the kubeconfig names: %s. Check it with: ls -l %s"
              .formatted(file, Unreachable.rootMessage(e), file),
          e);
    }
  }

  private static void impersonate(Config config, Optional<AuthInfo> auth) {
    auth.map(AuthInfo::getAs).ifPresent(config::setImpersonateUsername);
    auth.map(AuthInfo::getAsGroups)
        .ifPresent(groups -> config.setImpersonateGroups(groups.toArray(String[]::new)));
    auth.map(AuthInfo::getAsUserExtra).ifPresent(config::setImpersonateExtras);
  }

  private void proxies(Config config, Cluster cluster) throws ClusterException {
    String own = cluster.getProxyUrl();
    if (own != null && !own.isEmpty()) {
      if (!own.startsWith("http://")) {
        throw ClusterException.failed(
            "the cluster's proxy-url %s is none that we can use: only http:// proxies. Take another for this, for instance: HTTPS_PROXY=http://HOST:PORT and no proxy-url"
                .formatted(own));
      }
      config.setHttpsProxy(own);
      config.setHttpProxy(own);
      config.setNoProxy(null); // kubectl: what the file says counts for all addresses
      return;
    }
    config.setHttpsProxy(either("HTTPS_PROXY"));
    config.setHttpProxy(either("HTTP_PROXY"));
    String direct = either("NO_PROXY");
    config.setNoProxy(direct == null ? null : direct.split(","));
  }

  private @Nullable String either(String variable) {
    String upper = user.environment().get(variable);
    return upper == null ? user.environment().get(variable.toLowerCase(Locale.ROOT)) : upper;
  }

  private static void impatient(Config config) {
    config.setConnectionTimeout(PATIENCE_MILLIS);
    config.setRequestTimeout(PATIENCE_MILLIS);
    config.setRequestRetryBackoffLimit(0);
  }
}
