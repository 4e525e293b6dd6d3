package dev.teletun.bench.field;

import java.util.Locale;

/** One of the three programs. */
public enum Part {
  CLIENT(128, 100),
  SERVER_EXTERNAL(96, 80),
  SERVER_CLUSTER(96, 80);

  private final double mostResidentMib;
  private final double residentMib;

  Part(double mostResidentMib, double residentMib) {
    this.mostResidentMib = mostResidentMib;
    this.residentMib = residentMib;
  }

  /** The goal: no more than this is to be resident at any time. */
  public double mostResidentMib() {
    return mostResidentMib;
  }

  /** The goal: no more than this is resident after a minute at full rate. */
  public double residentMib() {
    return residentMib;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
