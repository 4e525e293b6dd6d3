package dev.teletun.bench.field;

import java.util.Locale;

/** One of the three programs. */
public enum Part {
  CLIENT(128),
  SERVER_EXTERNAL(96),
  SERVER_CLUSTER(96);

  private final double mostResidentMib;

  Part(double mostResidentMib) {
    this.mostResidentMib = mostResidentMib;
  }

  /** The goal: no more than this is to be resident at any time. */
  public double mostResidentMib() {
    return mostResidentMib;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
