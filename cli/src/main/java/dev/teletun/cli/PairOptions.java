package dev.teletun.cli;

import dev.teletun.cli.check.Checks;
import dev.teletun.client.cluster.access.InvokingUser;
import dev.teletun.client.cluster.pair.Layout;
import dev.teletun.client.cluster.pair.PairName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which pair is meant, and how it is laid out. */
final class PairOptions {
  @Option(
      names = {"-layout", "--layout"},
      paramLabel = "pair|one-pod",
      description =
          "pair: two pods that share a directory of their node; one-pod: two containers of one pod."
              + " Default: pair.")
  @Nullable String layout;

  @Option(
      names = {"-image", "--image"},
      paramLabel = "NAME",
      description = "Image of both servers. Default: the one that deploy/build-image makes.")
  @Nullable String image;

  @Option(
      names = {"-name", "--name"},
      paramLabel = "NAME",
      description =
          "What the pair's objects are called. Default: made of your user name and this machine.")
  @Nullable String name;

  Layout layout(Checks checks) {
    return checks.optional("-layout", layout, PairOptions::layout).orElse(Layout.PAIR);
  }

  Optional<String> image(Checks checks) {
    return checks.optional("-image", image, PairOptions::image);
  }

  String name(Checks checks, InvokingUser user) {
    return name == null
        ? PairName.of(user)
        : checks.optional("-name", name, PairOptions::name).orElse("");
  }

  private static Layout layout(String option, String value) {
    return Arrays.stream(Layout.values())
        .filter(l -> l.option().equals(value))
        .findFirst()
        .orElseThrow(() -> {
          List<String> known = Arrays.stream(Layout.values()).map(Layout::option).toList();
          return new IllegalArgumentException(
              "%s=%s: no layout; write one of %s".formatted(option, value, known));
        });
  }

  private static String image(String option, String value) {
    if (!value.matches("[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}")) {
      throw new IllegalArgumentException(
          "%s=%s: no image's name; write it as registry.example/teletun:1"
              .formatted(option, value));
    }
    return value;
  }

  private static String name(String option, String value) {
    try {
      return PairName.check(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s=%s: %s".formatted(option, value, e.getMessage()), e);
    }
  }
}
