package dev.teletun.lab.demo;

/**
 * What one check found.
 *
 * @param detail what was seen, or why it was not
 */
record Finding(Outcome outcome, String detail) {

  static Finding shown(String detail) {
    return new Finding(Outcome.SHOWN, detail);
  }

  static Finding failed(String detail) {
    return new Finding(Outcome.FAILED, detail);
  }

  static Finding notShown(String why) {
    return new Finding(Outcome.NOT_SHOWN, why);
  }

  /** Shown if {@code right}, else failed; with the same detail. */
  static Finding that(boolean right, String detail) {
    return right ? shown(detail) : failed(detail);
  }
}
