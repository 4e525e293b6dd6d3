package dev.teletun.linux.loop;

import java.io.IOException;

/** Something to run on an event loop for a caller that waits. */
public interface LoopTask {
  /** Runs on the loop's thread. */
  void run() throws IOException;
}
