package dev.teletun.lab.demo;

/** How a check went. */
enum Outcome {
  SHOWN("✓", "ok"),
  FAILED("✗", "FAILED"),
  /** Something this machine lacks, which is nobody's fault. */
  NOT_SHOWN("–", "not shown");

  private final String mark;
  private final String word;

  Outcome(String mark, String word) {
    this.mark = mark;
    this.word = word;
  }

  String mark(boolean ascii) {
    return ascii ? word : mark;
  }
}
