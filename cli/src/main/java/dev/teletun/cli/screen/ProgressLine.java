package dev.teletun.cli.screen;

import dev.teletun.client.connect.Progress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows how a connection comes up: one line that is overwritten on a terminal, plain lines
 * elsewhere.
 *
 * <p>Any thread; calls are shown in the order they come.
 */
public final class ProgressLine implements Progress {
  private static final int WIDTH = 79; // columns; a longer line would not be overwritten whole

  private final Screen screen;
  private @Nullable String current;

  /** Nothing is shown yet. */
  public ProgressLine(Screen screen) {
    this.screen = screen;
  }

  @Override
  public synchronized void step(String what) {
    current = what;
    if (screen.terminal()) {
      String line = mark("… ", ". ") + what;
      screen.erase();
      screen.passing(line.substring(0, Math.min(WIDTH, line.length())));
    } else {
      screen.note(what + " ...");
    }
  }

  @Override
  public synchronized void done(String what) {
    above(mark("✓ ", "ok ") + what);
    current = null;
  }

  @Override
  public synchronized void warn(String what) {
    above("warning: " + what);
    if (current != null && screen.terminal()) {
      step(current);
    }
  }

  @Override
  public synchronized void event(String what) {
    above(what);
  }

  /** Takes the line that would be overwritten off the terminal. */
  public synchronized void clear() {
    if (current != null && screen.terminal()) {
      screen.erase();
    }
    current = null;
  }

  private void above(String line) {
    if (screen.terminal()) {
      screen.erase();
    }
    screen.note(line);
  }

  private String mark(String utf8, String ascii) {
    String charset = screen.err().charset().name().toUpperCase(Locale.ROOT);
    return charset.startsWith("UTF") ? utf8 : ascii;
  }
}
