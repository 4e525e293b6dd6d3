package dev.teletun.client.cluster.access;

import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds and reads the files that say which cluster to talk to and as whom, the way kubectl does.
 *
 * <p>fabric8's own search falls back to {@code localhost} and to another context without a word;
 * this one ends with a reason.
 */
final class Kubeconfig {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Map<String, String> environment;

  /**
   * Prepares a search.
   *
   * @param environment HOME, KUBECONFIG, SUDO_USER and the proxies are read from it
   */
  Kubeconfig(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Reads the given file, or those that KUBECONFIG names, or {@code ~/.kube/config}. May run the
   * exec plugin that a file names.
   */
  io.fabric8.kubernetes.client.Config load(ClusterChoice choice) throws ClusterException {
    List<Path> files = files(choice.kubeconfig());
    String shown = String.join(":", files.stream().map(Path::toString).toList());
    try {
      Config[] parsed =
          files.stream().map(f -> KubeConfigUtils.parseConfig(f.toFile())).toArray(Config[]::new);
      String context = context(choice.context(), shown, parsed);
      io.fabric8.kubernetes.client.Config merged = io.fabric8.kubernetes.client.Config.empty();
      KubeConfigUtils.merge(merged, context, parsed);
      requireCluster(shown, context, merged.getCurrentContext(), parsed);
      choice.namespace().ifPresent(merged::setNamespace);
      return impatient(withProxies(merged));
    } catch (KubernetesClientException e) {
      throw ClusterException.failed(
          "cannot use kubeconfig %s: %s. Check it with: kubectl --kubeconfig=%s config view"
              .formatted(shown, Unreachable.rootMessage(e), shown),
          e);
    }
  }

  private List<Path> files(Optional<Path> given) throws ClusterException {
    if (given.isPresent()) {
      return List.of(readable(given.get(), "-kubeconfig"));
    }
    String named = environment.getOrDefault("KUBECONFIG", "");
    if (named.isEmpty()) {
      Path standard = Path.of(environment.getOrDefault("HOME", "/root"), ".kube", "config");
      return List.of(readable(standard, "the default"));
    }
    List<Path> found = new ArrayList<>();
    for (String name : named.split(File.pathSeparator, -1)) {
      // kubectl skips names that are no file, as long as one is left
      if (!name.isEmpty() && Files.exists(Path.of(name))) {
        found.add(readable(Path.of(name), "KUBECONFIG"));
      }
    }
    if (found.isEmpty()) {
      throw noSuchFile(named, "KUBECONFIG");
    }
    return found;
  }

  private Path readable(Path file, String origin) throws ClusterException {
    if (!Files.exists(file)) {
      throw noSuchFile(file.toString(), origin);
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw ClusterException.failed(
          "cannot read kubeconfig %s (%s). Check its kind and mode: ls -l %s"
              .formatted(file, origin, file));
    }
    return file;
  }

  private ClusterException noSuchFile(String file, String origin) {
    String sudo = environment.get("SUDO_USER");
    String remedy =
        sudo == null
            ? "Give one with -kubeconfig=FILE, or dial the server with -address=HOST"
            : "Under sudo give the file of %s: -kubeconfig=~%s/.kube/config".formatted(sudo, sudo);
    return ClusterException.failed("no kubeconfig at %s (%s). %s".formatted(file, origin, remedy));
  }

  /** The first file that names a current context wins, as with kubectl. */
  private static String context(Optional<String> chosen, String shown, Config... parsed)
      throws ClusterException {
    List<String> known =
        Arrays.stream(parsed)
            .flatMap(c -> c.getContexts().stream())
            .map(NamedContext::getName)
            .distinct()
            .toList();
    String current =
        chosen.orElseGet(() ->
            Arrays.stream(parsed)
                .map(Config::getCurrentContext)
                .filter(c -> c != null && !c.isEmpty())
                .findFirst()
                .orElse(""));
    if (!known.contains(current)) {
      throw ClusterException.failed(
          "kubeconfig %s has %s. It knows %s: choose one with -context=NAME"
              .formatted(
                  shown,
                  current.isEmpty() ? "no current context" : "no context \"%s\"".formatted(current),
                  known.isEmpty() ? "no context at all" : String.join(", ", known)));
    }
    return current;
  }

  private static void requireCluster(
      String shown, String context, @Nullable NamedContext used, Config... parsed)
      throws ClusterException {
    String cluster = used == null ? null : used.getContext().getCluster();
    if (Arrays.stream(parsed)
        .flatMap(c -> c.getClusters().stream())
        .noneMatch(c -> Objects.equals(c.getName(), cluster) && c.getCluster() != null)) {
      throw ClusterException.failed(
          "context \"%s\" of kubeconfig %s names the unknown cluster \"%s\". See: kubectl config view"
              .formatted(context, shown, cluster));
    }
  }

  private io.fabric8.kubernetes.client.Config withProxies(
      io.fabric8.kubernetes.client.Config config) {
    if (config.getHttpsProxy() == null && config.getHttpProxy() == null) {
      config.setHttpsProxy(either("HTTPS_PROXY"));
      config.setHttpProxy(either("HTTP_PROXY"));
      String direct = either("NO_PROXY");
      config.setNoProxy(direct == null ? null : direct.split(","));
    }
    return config;
  }

  private @Nullable String either(String variable) {
    String upper = environment.get(variable);
    return upper == null ? environment.get(variable.toLowerCase(java.util.Locale.ROOT)) : upper;
  }

  private static io.fabric8.kubernetes.client.Config impatient(
      io.fabric8.kubernetes.client.Config config) {
    config.setConnectionTimeout(PATIENCE_MILLIS);
    config.setRequestTimeout(PATIENCE_MILLIS);
    config.setRequestRetryBackoffLimit(0);
    return config;
  }
}
