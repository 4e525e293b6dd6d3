package dev.teletun.cli;

import dev.teletun.protocol.settings.Problems;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the commands that print objects for others to apply, and ask no API server. */
final class PrintOptions {
  private static final String DEFAULT_NAMESPACE = "default";

  @Option(
      names = {"-print", "--print"},
      description = "Print it. Required.")
  boolean print;

  @Option(
      names = {"-namespace", "--namespace"},
      paramLabel = "NAME",
      description = "Namespace of the pair. Default: default.")
  @Nullable String namespace;

  /** Whoever leaves {@code --print} out may expect more: {@code remedy} says what to write. */
  void check(Problems problems, String remedy) {
    if (!print) {
      problems.add("missing --print: write " + remedy);
    }
  }

  String namespace() {
    return namespace == null ? DEFAULT_NAMESPACE : namespace;
  }
}
