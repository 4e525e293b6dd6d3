package dev.teletun.protocol.settings;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects what is wrong with a set of settings, so that a user corrects them in one go.
 *
 * <p>Not thread-safe.
 */
public final class Problems {
  private final List<String> found = new ArrayList<>();

  /**
   * Runs one check. What it throws becomes a problem and the value is empty; a bug (any other
   * unchecked exception) is not a problem of the user and passes through.
   */
  public <T> Optional<T> check(ThrowingSupplier<T> setting) {
    try {
      return Optional.of(setting.get());
    } catch (IOException | IllegalArgumentException e) {
      add(e.getMessage() == null ? e.toString() : e.getMessage());
      return Optional.empty();
    }
  }

  /** Adds a problem: a whole sentence with the value, why, and what to do. */
  public void add(String problem) {
    found.add(problem);
  }

  /** Ends the checking. */
  public void throwIfAny() throws InvalidSettingsException {
    if (!found.isEmpty()) {
      throw new InvalidSettingsException(found);
    }
  }
}
