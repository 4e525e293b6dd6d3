package dev.teletun.lab.sandbox;

import java.io.IOException;

/** This machine does not let the lab do something; the message says what would. */
public final class ForbiddenException extends IOException {
  private static final long serialVersionUID = 1;

  /** With the whole sentence. */
  public ForbiddenException(String message) {
    super(message);
  }
}
