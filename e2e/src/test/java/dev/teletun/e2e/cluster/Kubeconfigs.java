package dev.teletun.e2e.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Kubeconfigs for the cluster of the tests, each with one thing other than in the one in force. */
final class Kubeconfigs {
  private static final String USER = "tester";

  private final RealCluster cluster;
  private final Path directory;
  private int made;

  Kubeconfigs(RealCluster cluster, Path directory) {
    this.cluster = cluster;
    this.directory = directory;
  }

  /** The context that is in force. */
  String context() throws IOException {
    return cluster.host().run("kubectl", "config", "current-context").orThrow().strip();
  }

  /** Its API server, as our programs show it. */
  String server() throws IOException {
    String path = "-o=jsonpath={.clusters[0].cluster.server}";
    return cluster.host().run("kubectl", "config", "view", "--minify", path).orThrow() + "/";
  }

  /** What a service account may. */
  Path ofAccount(String account) throws IOException {
    return withToken(token(account));
  }

  /** A token of a service account's, for an hour. */
  String token(String account) throws IOException {
    return cluster.kubectl("create", "token", account);
  }

  Path withToken(String token) throws IOException {
    return as("--token=" + token);
  }

  /** A credential plugin that is this script. */
  Path withPlugin(String script) throws IOException {
    // beside the kubeconfig its name would have no slash in it, and be looked for on the PATH
    Path plugins = Files.createDirectories(directory.resolve("plugins"));
    Path plugin = Files.writeString(plugins.resolve("plugin-" + ++made), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
    return as("--exec-command=" + plugin, "--exec-api-version=client.authentication.k8s.io/v1");
  }

  Path throughProxy(String url) throws IOException {
    Path file = copy();
    String path = "-o=jsonpath={.clusters[0].name}";
    String name = config(file, "view", path).strip();
    config(file, "set-cluster", name, "--proxy-url=" + url);
    return file;
  }

  private Path as(String... credentials) throws IOException {
    Path file = copy();
    List<String> words = new ArrayList<>(List.of("set-credentials", USER));
    words.addAll(List.of(credentials));
    config(file, words.toArray(String[]::new));
    config(file, "set-context", "--current", "--user=" + USER);
    return file;
  }

  private Path copy() throws IOException {
    return Files.writeString(
        directory.resolve("config-" + ++made),
        cluster
            .host()
            .run("kubectl", "config", "view", "--raw", "--minify", "--flatten")
            .orThrow());
  }

  private String config(Path file, String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("kubectl", "--kubeconfig=" + file, "config"));
    line.addAll(List.of(words));
    return cluster.host().run(line.toArray(String[]::new)).orThrow();
  }
}
