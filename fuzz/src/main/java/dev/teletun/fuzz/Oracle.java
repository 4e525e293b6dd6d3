package dev.teletun.fuzz;

import com.google.errorprone.annotations.FormatMethod;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What must hold, said when it does not. */
final class Oracle {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Oracle() {}

  @FormatMethod
  static void require(boolean holds, String what, Object... values) {
    if (!holds) {
      throw new AssertionError(what.formatted(values));
    }
  }

  /** What is measured; may run several times. */
  interface Task<E extends Exception> {
    void run() throws E;
  }

  /**
   * Runs {@code task}, which may allocate so much. Again where it took more: the first run loads
   * classes.
   */
  static <E extends Exception> void withinBytes(long limit, Task<E> task) throws E {
    long cost = 0;
    for (int run = 0; run < 3; run++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      task.run();
      cost = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (cost <= limit) {
        return;
      }
    }
    require(false, "%d bytes of memory, at most %d are to be had", cost, limit);
  }
}
