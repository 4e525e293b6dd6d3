package dev.teletun.protocol.control;

import java.io.IOException;

/** A text or frame of the peer that breaks the protocol: what it was, and what to do. */
public final class ControlException extends IOException {
  private static final long serialVersionUID = 1;

  private static final int SHOWN_CHARACTERS = 60;

  /** The message must not hold text of the peer that did not go through {@link #shown}. */
  public ControlException(String message) {
    super(message);
  }

  /** See {@link #ControlException(String)}. */
  public ControlException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Text of the peer made safe for a message or a log: quoted, cut, and without anything a terminal
   * would act on.
   */
  public static String shown(String text) {
    StringBuilder safe = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), SHOWN_CHARACTERS); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        safe.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7f) {
        safe.append(c);
      } else {
        safe.append(String.format("\\u%04x", (int) c));
      }
    }
    return safe.append(text.length() > SHOWN_CHARACTERS ? "…\"" : "\"").toString();
  }
}
