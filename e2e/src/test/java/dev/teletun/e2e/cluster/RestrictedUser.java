package dev.teletun.e2e.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A user who may do exactly what {@code teletun rbac --print} asks for; a service account of the
 * test's namespace. Its rights go with {@link #close}.
 */
record RestrictedUser(RealCluster cluster, String account, Path kubeconfig, String rights)
    implements Closeable {

  static RestrictedUser in(RealCluster cluster) throws IOException {
    String account = "dev";
    String user = "system:serviceaccount:%s:%s".formatted(cluster.namespace(), account);
    // Of the cluster's own objects it would name those of everybody who runs these tests.
    String rights =
        cluster
            .teletun("rbac", "--print", "-user=" + user)
            .orThrow()
            .replace("teletun-facts", "teletun-facts-" + cluster.namespace());
    Path kubeconfig = Files.createTempFile(cluster.host().logs(), account, ".kubeconfig");
    RestrictedUser made = new RestrictedUser(cluster, account, kubeconfig, rights);
    made.giveRights();
    made.renewToken();
    return made;
  }

  /** From the cluster's API server's next look on it may do nothing. */
  void takeRights() throws IOException {
    cluster.host().runWithInput(rights, "kubectl", "delete", "--wait", "-f", "-").orThrow();
  }

  void giveRights() throws IOException {
    cluster.apply(rights);
  }

  /** Its token is nobody's any more. */
  void endToken() throws IOException {
    cluster.kubectl("delete", "serviceaccount", account);
  }

  /** A new token is in the kubeconfig. */
  void renewToken() throws IOException {
    cluster.kubectl("create", "serviceaccount", account);
    String token = cluster.kubectl("create", "token", account);
    Path next = kubeconfig.resolveSibling(account + ".next");
    Files.writeString(
        next, cluster.host().run("kubectl", "config", "view", "--raw", "--minify").orThrow());
    config(next, "set-credentials", account, "--token=" + token);
    config(next, "set-context", "--current", "--user=" + account);
    Files.move(next, kubeconfig, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private void config(Path file, String... words) throws IOException {
    String[] line = new String[words.length + 3];
    line[0] = "kubectl";
    line[1] = "--kubeconfig=" + file;
    line[2] = "config";
    System.arraycopy(words, 0, line, 3, words.length);
    cluster.host().run(line).orThrow();
  }

  @Override
  public void close() throws IOException {
    cluster
        .host()
        .runWithInput(rights, "kubectl", "delete", "--ignore-not-found", "-f", "-")
        .orThrow();
    cluster.kubectl("delete", "serviceaccount", account, "--ignore-not-found");
  }
}
