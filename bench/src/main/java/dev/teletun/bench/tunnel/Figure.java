package dev.teletun.bench.tunnel;

/** What is measured of a tunnel. */
public enum Figure {
  UP("1 stream up", "Gb/s", "%.2f"),
  DOWN("1 stream down", "Gb/s", "%.2f"),
  UP_FOUR("4 streams up", "Gb/s", "%.2f"),
  DOWN_FOUR("4 streams down", "Gb/s", "%.2f"),
  /** User and system time of all of the tunnel's processes, per 10^9 bytes that arrived. */
  UP_COST("CPU up", "s/GB", "%.2f"),
  DOWN_COST("CPU down", "s/GB", "%.2f"),
  /** Of 64 bytes of UDP payload, at the highest rate at which no more than 1 in 1,000 is lost. */
  UP_PACKETS("64-byte UDP up", "1000/s", "%.0f"),
  DOWN_PACKETS("64-byte UDP down", "1000/s", "%.0f"),
  IDLE_MEDIAN("RTT idle p50", "us", "%.0f"),
  IDLE_TAIL("RTT idle p99", "us", "%.0f"),
  HALF_MEDIAN("RTT half load p50", "us", "%.0f"),
  HALF_TAIL("RTT half load p99", "us", "%.0f"),
  FULL_MEDIAN("RTT full load p50", "us", "%.0f"),
  FULL_TAIL("RTT full load p99", "us", "%.0f");

  private final String what;
  private final String unit;
  private final String format;

  Figure(String what, String unit, String format) {
    this.what = what;
    this.unit = unit;
    this.format = format;
  }

  /** What it is, and in which unit. */
  public String label() {
    return what + ", " + unit;
  }

  /** A value with as many digits as mean something; "-" for one that was not measured. */
  public String text(double value) {
    return Double.isFinite(value) ? String.format(java.util.Locale.ROOT, format, value) : "-";
  }
}
