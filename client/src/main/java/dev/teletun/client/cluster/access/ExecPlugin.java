package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a credential plugin the way kubectl does (client-go's exec plugins): without a shell, with
 * KUBERNETES_EXEC_INFO, its standard error left to the user, and as the person who called us.
 *
 * @param config whose command, if it has a slash, is absolute already
 */
record ExecPlugin(ExecConfig config, Optional<Cluster> cluster, InvokingUser user) {
  private static final Set<String> VERSIONS =
      Set.of("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1");
  private static final String EXTENSION = "client.authentication.k8s.io/exec";
  private static final int LARGEST_ANSWER = 1 << 20; // bytes
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  /** Runs it once; may take as long as a person needs to log in. */
  ExecCredential run() throws ClusterException {
    String version = String.valueOf(config.getApiVersion());
    if (!VERSIONS.contains(version)) {
      throw failed("its apiVersion %s is none of %s".formatted(version, VERSIONS), null);
    }
    boolean interactive = interactive();
    ProcessBuilder process = new ProcessBuilder(user.command(words()));
    process.environment().clear();
    process.environment().putAll(environment(version, interactive));
    process.redirectError(Redirect.INHERIT);
    process.redirectInput(interactive ? Redirect.INHERIT : Redirect.from(new File("/dev/null")));
    String output = output(process);
    try {
      return ExecCredential.parse(output, version);
    } catch (IllegalArgumentException e) {
      throw failed(String.valueOf(e.getMessage()), e);
    }
  }

  private String output(ProcessBuilder builder) throws ClusterException {
    try {
      Process process = builder.start();
      try {
        byte[] printed = process.getInputStream().readNBytes(LARGEST_ANSWER);
        int code = process.waitFor();
        if (code != 0) {
          throw failed("it ended with code %d; its own words are above".formatted(code), null);
        }
        return new String(printed, UTF_8);
      } finally {
        process.destroy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("it was interrupted", new InterruptedIOException().initCause(e));
    } catch (ClusterException e) {
      throw e;
    } catch (IOException e) {
      throw failed("it cannot be run: " + Unreachable.rootMessage(e), e);
    }
  }

  private boolean interactive() throws ClusterException {
    String mode = Objects.requireNonNullElse(config.getInteractiveMode(), "IfAvailable");
    boolean terminal = stdinIsTerminal();
    if (mode.equals("Always") && !terminal) {
      throw failed("it must talk to a person, and standard input is no terminal", null);
    }
    return terminal && !mode.equals("Never");
  }

  private static boolean stdinIsTerminal() {
    try {
      String stdin = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
      return stdin.startsWith("/dev/pts/") || stdin.startsWith("/dev/tty");
    } catch (IOException _) {
      return false;
    }
  }

  private List<String> words() throws ClusterException {
    List<String> words = new ArrayList<>();
    words.add(executable(String.valueOf(config.getCommand())));
    words.addAll(Objects.requireNonNullElse(config.getArgs(), List.of()));
    return words;
  }

  /** Found along the person's own PATH, which is not root's. */
  private String executable(String command) throws ClusterException {
    if (command.contains("/")) {
      return command;
    }
    for (String directory :
        user.environment().getOrDefault("PATH", "/usr/bin:/bin").split(":", -1)) {
      Path candidate = Path.of(directory.isEmpty() ? "." : directory, command);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    String hint = config.getInstallHint();
    throw failed(
        "it is not on the PATH of %s%s"
            .formatted(user.name(), hint == null ? "" : ". " + hint.strip()),
        null);
  }

  private Map<String, String> environment(String version, boolean interactive) {
    Map<String, String> environment = new HashMap<>(user.environment());
    if (config.getEnv() != null) {
      config.getEnv().forEach(variable -> environment.put(variable.getName(), variable.getValue()));
    }
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("interactive", interactive);
    if (Boolean.TRUE.equals(config.getProvideClusterInfo())) {
      cluster.ifPresent(c -> spec.put("cluster", info(c)));
    }
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("apiVersion", version);
    info.put("kind", "ExecCredential");
    info.put("spec", spec);
    environment.put("KUBERNETES_EXEC_INFO", JSON.asJson(info));
    return environment;
  }

  private static Map<String, Object> info(Cluster cluster) {
    Map<String, Object> info = new LinkedHashMap<>();
    put(info, "server", cluster.getServer());
    put(info, "tls-server-name", cluster.getTlsServerName());
    put(info, "insecure-skip-tls-verify", cluster.getInsecureSkipTlsVerify());
    put(info, "certificate-authority-data", cluster.getCertificateAuthorityData());
    put(info, "proxy-url", cluster.getProxyUrl());
    if (cluster.getExtensions() != null) {
      cluster.getExtensions().stream()
          .filter(extension -> EXTENSION.equals(extension.getName()))
          .findFirst()
          .ifPresent(extension -> put(info, "config", extension.getExtension()));
    }
    return info;
  }

  private static void put(Map<String, Object> map, String name, @Nullable Object value) {
    if (value != null) {
      map.put(name, value);
    }
  }

  private ClusterException failed(String why, @Nullable Throwable cause) {
    String message =
        "the credential plugin %s of the kubeconfig gave no credentials: %s. Try: kubectl get pods"
            .formatted(config.getCommand(), why);
    return cause == null
        ? ClusterException.failed(message)
        : ClusterException.failed(message, cause);
  }
}
