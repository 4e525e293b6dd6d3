package dev.teletun.cli.running;

import dev.teletun.linux.memory.MappedFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Lets go of what opening and the compilers needed of the JVM's files: when a program is ready and
 * then more and more seldom, for packets wait some milliseconds each time.
 */
final class FilePages {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private FilePages() {}

  /** Does so until {@code end}, and throws what that failed with. */
  static void releaseUntil(CompletableFuture<?> end) throws Exception {
    try (MappedFiles files = new MappedFiles()) {
      for (Duration pause = FIRST; ; pause = next(pause)) {
        release(files);
        try {
          Object _ = end.get(pause.toMillis(), TimeUnit.MILLISECONDS);
          return;
        } catch (TimeoutException _) {
          // It goes on.
        }
      }
    }
  }

  private static Duration next(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
  }

  private static void release(MappedFiles files) {
    try {
      long _ = files.release();
    } catch (IOException _) {
      // No /proc: then it stays.
    }
  }
}
