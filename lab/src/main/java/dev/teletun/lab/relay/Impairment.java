package dev.teletun.lab.relay;

import java.time.Duration;

/**
 * How bad one direction of a network is. Shares are between 0 and 1, each drawn for each datagram
 * by itself.
 *
 * @param loss share that never arrives
 * @param duplication share that arrives twice
 * @param corruption share with a byte changed; the UDP checksum is right all the same
 * @param truncation share that loses its end
 * @param reordering share that arrives {@code behind} later than what was sent with it
 * @param behind how much later that is
 * @param delay of every datagram
 * @param jitter most that is added to the delay, evenly spread; it reorders as well
 */
public record Impairment(
    double loss,
    double duplication,
    double corruption,
    double truncation,
    double reordering,
    Duration behind,
    Duration delay,
    Duration jitter) {

  /** A perfect network. */
  public static final Impairment NONE =
      new Impairment(0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** The same with other loss. */
  public Impairment losing(double share) {
    return new Impairment(
        share, duplication, corruption, truncation, reordering, behind, delay, jitter);
  }

  /** The same with other duplication. */
  public Impairment doubling(double share) {
    return new Impairment(loss, share, corruption, truncation, reordering, behind, delay, jitter);
  }

  /** The same with another share of changed and of cut datagrams. */
  public Impairment damaging(double corrupted, double truncated) {
    return new Impairment(
        loss, duplication, corrupted, truncated, reordering, behind, delay, jitter);
  }

  /** The same with other reordering. */
  public Impairment reordering(double share, Duration by) {
    return new Impairment(loss, duplication, corruption, truncation, share, by, delay, jitter);
  }

  /** The same with other delay. */
  public Impairment delaying(Duration always, Duration atMostMore) {
    return new Impairment(
        loss, duplication, corruption, truncation, reordering, behind, always, atMostMore);
  }
}
