package dev.teletun.cli.running;

import java.io.Closeable;
import java.util.concurrent.CompletableFuture;

/** A program in a process of its own that ends on a signal, or hangs while it closes. */
final class ObedientMain {
  private ObedientMain() {}

  @SuppressWarnings("SystemOut") // the test reads it
  public static void main(String[] args) throws Exception {
    Closeable resource =
        () -> {
          if (args[0].equals("stubborn")) {
            System.out.println("closing");
            Object _ = new CompletableFuture<Void>().join();
          }
          System.out.println("closed");
        };
    int code =
        Running.untilEnded(
            Signals.install(),
            Uncaught.ignored(),
            () -> {
              System.out.println("ready");
              return Program.of(new CompletableFuture<>(), resource);
            });
    System.exit(code);
  }
}
