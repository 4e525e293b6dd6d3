package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.client.cluster.access.ClusterChoice;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which cluster is meant, as kubectl has them. */
final class ClusterOptions {
  @Option(
      names = {"-kubeconfig", "--kubeconfig"},
      paramLabel = "FILE",
      description = "How to reach the API server. Default: KUBECONFIG or ~/.kube/config.")
  @Nullable String kubeconfig;

  @Option(
      names = {"-context", "--context"},
      paramLabel = "NAME",
      description = "Context of the kubeconfig. Default: its current one.")
  @Nullable String context;

  @Option(
      names = {"-namespace", "--namespace"},
      paramLabel = "NAME",
      description = "Namespace of what is named without one. Default: the context's.")
  @Nullable String namespace;

  ClusterChoice choice(Checks checks) {
    return new ClusterChoice(
        checks.optional("-kubeconfig", kubeconfig, Checks::readableFile),
        Optional.ofNullable(context),
        Optional.ofNullable(namespace));
  }
}
