package dev.teletun.protocol.settings;

import java.util.List;

/** What is wrong with the settings a user gave; nothing was started and the host is untouched. */
public final class InvalidSettingsException extends Exception {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // immutable list of strings, which is serializable
  private final List<String> problems;

  /**
   * Makes one from what was found.
   *
   * @param problems at least one; each a whole sentence with the value, why, and what to do
   */
  public InvalidSettingsException(List<String> problems) {
    super(String.join("; ", problems));
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("invalid settings without a problem");
    }
    this.problems = List.copyOf(problems);
  }

  /** Every problem, in the order found. */
  public List<String> problems() {
    return problems;
  }
}
