package dev.teletun.cli.screen;

import java.io.PrintStream;

/**
 * The two streams of the process. Results go to stdout, everything about the way there to stderr.
 *
 * <p>Lines may quote a peer: what would steer a terminal or turn its text around leaves as {@code
 * \\uXXXX}, which JSON reads as the same character.
 *
 * @param terminal true if a person watches stderr, so that a line may be overwritten
 */
public record Screen(PrintStream out, PrintStream err, boolean terminal) {
  private static final String BACK_AND_ERASE = "\r\033[K"; // ECMA-48 EL

  /**
   * The streams of this process. Whether stderr is a terminal only the launcher can ask; without it
   * there are plain lines.
   */
  public static Screen ofProcess() {
    return new Screen(System.out, System.err, Boolean.getBoolean("teletun.terminal"));
  }

  /** A result: something another program may wait for, so it leaves at once. */
  public void result(String line) {
    out.println(shown(line));
    out.flush();
  }

  /** A result of our own making in lines of its own, as it is. */
  public void text(String lines) {
    out.println(lines);
    out.flush();
  }

  /** Something worth knowing that is no result. */
  public void note(String line) {
    err.println(shown(line));
    err.flush();
  }

  /** A note that {@link #erase} takes away again; only on a terminal. */
  void passing(String line) {
    err.print(shown(line));
    err.flush();
  }

  /** Takes the terminal's current line away. */
  void erase() {
    err.print(BACK_AND_ERASE);
    err.flush();
  }

  private static String shown(String line) {
    StringBuilder shown = new StringBuilder(line.length());
    line.codePoints()
        .forEach(c -> {
          if (isHarmless(c)) {
            shown.appendCodePoint(c);
          } else {
            for (char unit : Character.toChars(c)) {
              shown.append("\\u%04x".formatted((int) unit));
            }
          }
        });
    return shown.toString();
  }

  /** The other types move the cursor, change colours and titles, or reorder what is read. */
  private static boolean isHarmless(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
