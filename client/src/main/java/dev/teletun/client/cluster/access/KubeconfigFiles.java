package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds and reads the files of a kubeconfig with the rights of the person whose they are. Paths in
 * them are relative to their own file, as kubectl has it.
 */
final class KubeconfigFiles {
  private static final Pattern YAML_PROBLEM =
      Pattern.compile("(?m)^(\\S.*)\\R in reader, line (\\d+), column (\\d+)");

  private final InvokingUser user;

  KubeconfigFiles(InvokingUser user) {
    this.user = user;
  }

  /** The given file, or those that KUBECONFIG names, or {@code ~/.kube/config}. */
  List<Path> find(Optional<Path> given) throws ClusterException {
    if (given.isPresent()) {
      return List.of(readable(given.get(), "-kubeconfig"));
    }
    String named = user.environment().getOrDefault("KUBECONFIG", "");
    if (named.isEmpty()) {
      return List.of(readable(user.home().resolve(".kube/config"), "the default"));
    }
    List<Path> found = new ArrayList<>();
    for (String name : named.split(File.pathSeparator, -1)) {
      // kubectl skips names that are no file, as long as one is left
      if (!name.isEmpty() && exists(Path.of(name))) {
        found.add(readable(Path.of(name), "KUBECONFIG"));
      }
    }
    if (found.isEmpty()) {
      throw noSuchFile(named, "KUBECONFIG");
    }
    return found;
  }

  /** What one of them says, with paths made absolute. */
  Config read(Path file) throws ClusterException {
    Config parsed;
    try {
      parsed = KubeConfigUtils.parseConfigFromString(new String(user.read(file), UTF_8));
    } catch (IOException e) {
      throw ClusterException.failed(
          "cannot read kubeconfig %s: %s. Check its kind and mode: ls -l %s"
              .formatted(file, Unreachable.rootMessage(e), file),
          e);
    } catch (RuntimeException e) { // of the parsers, which have no checked ones
      throw ClusterException.failed(
          "cannot use kubeconfig %s: %s. Check it with: kubectl --kubeconfig=%s config view"
              .formatted(file, place(e), file),
          e);
    }
    if (parsed == null) {
      throw ClusterException.failed(
          "kubeconfig %s is empty. See: kubectl config view".formatted(file));
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      parsed.getClusters().forEach(named -> absolute(directory, named.getCluster()));
      parsed.getUsers().forEach(named -> absolute(directory, named.getUser()));
    }
    return parsed;
  }

  /** What the parser says, without its picture of the place, in which a token may be. */
  private static String place(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    Matcher yaml = YAML_PROBLEM.matcher(String.valueOf(root.getMessage()));
    String said = Unreachable.rootMessage(failure);
    while (yaml.find()) { // the last is the innermost
      said = "%s in line %s, column %s".formatted(yaml.group(1), yaml.group(2), yaml.group(3));
    }
    return said;
  }

  private boolean exists(Path file) {
    try {
      return user.files(() -> Files.exists(file));
    } catch (IOException _) {
      return false;
    }
  }

  private Path readable(Path file, String origin) throws ClusterException {
    if (!exists(file)) {
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
    String sudo = user.environment().get("SUDO_USER");
    String remedy =
        sudo == null
            ? "Give one with -kubeconfig=FILE, or dial the server with -address=HOST"
            : "Under sudo give the file of %s: -kubeconfig=~%s/.kube/config".formatted(sudo, sudo);
    return ClusterException.failed("no kubeconfig at %s (%s). %s".formatted(file, origin, remedy));
  }

  private static void absolute(Path directory, @Nullable Cluster cluster) {
    if (cluster != null) {
      cluster.setCertificateAuthority(absolute(directory, cluster.getCertificateAuthority()));
    }
  }

  private static void absolute(Path directory, @Nullable AuthInfo user) {
    if (user == null) {
      return;
    }
    user.setClientCertificate(absolute(directory, user.getClientCertificate()));
    user.setClientKey(absolute(directory, user.getClientKey()));
    user.setTokenFile(absolute(directory, user.getTokenFile()));
    ExecConfig exec = user.getExec();
    // a name without a slash is looked up along PATH
    if (exec != null && exec.getCommand() != null && exec.getCommand().contains("/")) {
      exec.setCommand(absolute(directory, exec.getCommand()));
    }
  }

  private static @Nullable String absolute(Path directory, @Nullable String file) {
    return file == null || file.isEmpty() ? file : directory.resolve(file).normalize().toString();
  }
}
