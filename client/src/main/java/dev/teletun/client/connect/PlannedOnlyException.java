package dev.teletun.client.connect;

import java.io.IOException;

/** Only a plan was asked for, which has been said: nothing was changed. */
public final class PlannedOnlyException extends IOException {
  private static final long serialVersionUID = 1L;

  PlannedOnlyException() {
    super("nothing was changed: only the plan was asked for");
  }
}
