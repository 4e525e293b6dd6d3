package dev.teletun.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/**
 * What becomes of the logs of the libraries: nothing, unless the user asked for them. Our own words
 * go through the screen.
 *
 * <p>java.util.logging makes an instance of this class when something logs first, so that a command
 * that logs nothing does not pay for it.
 */
public final class Logging {
  private static final String VERBOSE = "teletun.verbose";
  private static final String TO_STDERR =
      """
      handlers = java.util.logging.ConsoleHandler
      .level = INFO
      """;

  /** Called by java.util.logging. */
  public Logging() throws IOException {
    String settings = showsAll() ? TO_STDERR : ".level = OFF\n";
    LogManager.getLogManager()
        .readConfiguration(
            new ByteArrayInputStream(settings.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** To be called before anything logs. */
  public static void install() {
    System.setProperty("java.util.logging.config.class", Logging.class.getName());
  }

  /** From now on; to be called before anything logs. */
  static void showAll() {
    System.setProperty(VERBOSE, "true");
  }

  static boolean showsAll() {
    return Boolean.getBoolean(VERBOSE);
  }
}
