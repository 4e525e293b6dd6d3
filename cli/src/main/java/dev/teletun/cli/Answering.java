package dev.teletun.cli;

import dev.teletun.cli.running.Program;
import dev.teletun.cli.screen.Screen;
import dev.teletun.cli.status.ReportSource;
import dev.teletun.cli.status.StatusSocket;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** A running program that answers {@code teletun status}. */
final class Answering {
  private Answering() {}

  /** Without a socket for that it still does its work, and says so. */
  static Program opened(
      String name,
      ReportSource source,
      CompletableFuture<Void> ended,
      Closeable program,
      Screen screen) {
    CloseStack all = new CloseStack();
    all.own(program);
    try {
      all.own(StatusSocket.open(name, source, screen::note));
    } catch (IOException e) {
      screen.note("warning: teletun status will not find this program: " + e.getMessage());
    }
    return Program.of(ended, all);
  }
}
