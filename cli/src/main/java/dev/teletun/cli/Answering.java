package dev.teletun.cli;

import dev.teletun.cli.running.Program;
import dev.teletun.cli.screen.Screen;
import dev.teletun.cli.status.MetricsServer;
import dev.teletun.cli.status.ReportSource;
import dev.teletun.cli.status.StatusSocket;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A running program that answers {@code teletun status} and monitoring. */
final class Answering {
  private Answering() {}

  /** Without a socket for status it still does its work, and says so. */
  static Program opened(
      String name,
      ReportSource source,
      CompletableFuture<Void> ended,
      Closeable program,
      Screen screen,
      Optional<Integer> metricsPort)
      throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(program);
      if (metricsPort.isPresent()) {
        onFailure.own(MetricsServer.open(metricsPort.get(), source));
      }
      answerStatus(name, source, screen, onFailure);
      return Program.of(ended, onFailure.handOver());
    }
  }

  private static void answerStatus(
      String name, ReportSource source, Screen screen, CloseStack owner) {
    try {
      owner.own(StatusSocket.open(name, source, screen::note));
    } catch (IOException e) {
      screen.note("warning: teletun status will not find this program: " + e.getMessage());
    }
  }
}
