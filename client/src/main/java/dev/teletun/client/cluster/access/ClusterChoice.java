package dev.teletun.client.cluster.access;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which cluster, and where in it, as the user says it.
 *
 * @param kubeconfig a file; if empty those of KUBECONFIG, else {@code ~/.kube/config}
 * @param context of the kubeconfig; its current one if empty
 * @param namespace that names without one are in; the context's if empty
 */
public record ClusterChoice(
    Optional<Path> kubeconfig, Optional<String> context, Optional<String> namespace) {
  /** What kubectl would choose without options. */
  public static final ClusterChoice DEFAULT =
      new ClusterChoice(Optional.empty(), Optional.empty(), Optional.empty());
}
