package dev.teletun.bench.field;

import java.util.Locale;

/** One of the three programs. */
public enum Part {
  CLIENT,
  SERVER_EXTERNAL,
  SERVER_CLUSTER;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
