package dev.teletun.cli.running;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Something that works in threads of its own until it is closed or fails. */
public interface Program extends Closeable {

  /** Completes exceptionally with what ended it, or normally after it was closed. */
  CompletableFuture<Void> ended();

  /** A program made of its two halves. */
  static Program of(CompletableFuture<Void> ended, Closeable resource) {
    return new Program() {
      @Override
      public CompletableFuture<Void> ended() {
        return ended;
      }

      @Override
      public void close() throws IOException {
        resource.close();
      }
    };
  }
}
