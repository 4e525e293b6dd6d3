package dev.teletun.bench.field;

import dev.teletun.lab.topology.ProcessStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What one process takes, again and again, from its start to its end. */
public final class Footprint {
  // A JVM compiles for the first two minutes under half of the load there can be.
  private static final double WARM_SECONDS = 120;
  private static final double SECONDS_PER_MINUTE = 60;

  /**
   * At one moment: seconds since the first, MB (10^6 bytes) and what of them is no file's, and how
   * many.
   */
  public record Sample(
      double seconds, double resident, double anonymous, int descriptors, int threads) {}

  private final long pid;
  private final long begunNanos = System.nanoTime();
  private final List<Sample> samples = new ArrayList<>();

  public Footprint(long pid) {
    this.pid = pid;
  }

  public long pid() {
    return pid;
  }

  /** Looks; nothing happens if it has ended. */
  public void sample() {
    try (var descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      ProcessStatus status = ProcessStatus.of(pid);
      samples.add(
          new Sample(
              (System.nanoTime() - begunNanos) / 1e9,
              status.residentBytes() / 1e6,
              status.anonymousBytes() / 1e6,
              (int) descriptors.count(),
              status.threads()));
    } catch (IOException e) {
      // It has just been killed.
    }
  }

  /**
   * The last look.
   *
   * @throws java.util.NoSuchElementException if there was none
   */
  public Sample last() {
    return samples.getLast();
  }

  /** How long it was watched once it was warm. */
  public double warmSeconds() {
    return samples.isEmpty() ? 0 : Math.max(0, samples.getLast().seconds() - WARM_SECONDS);
  }

  /**
   * MB that the resident memory grew by in a minute, warm, by least squares; without pages of
   * files, which come and go and are no more than the files.
   */
  public double slope() {
    return slope(samples.stream().filter(s -> s.seconds() >= WARM_SECONDS).toList());
  }

  public static double slope(List<Sample> of) {
    double n = of.size();
    double t = of.stream().mapToDouble(Sample::seconds).sum() / n;
    double m = of.stream().mapToDouble(Sample::anonymous).sum() / n;
    double up = of.stream().mapToDouble(s -> (s.seconds() - t) * (s.anonymous() - m)).sum();
    double below = of.stream().mapToDouble(s -> (s.seconds() - t) * (s.seconds() - t)).sum();
    return below == 0 ? 0 : up / below * SECONDS_PER_MINUTE;
  }

  public double mostResident() {
    return samples.stream().mapToDouble(Sample::resident).max().orElse(0);
  }

  public int mostDescriptors() {
    return samples.stream().mapToInt(Sample::descriptors).max().orElse(0);
  }

  public int mostThreads() {
    return samples.stream().mapToInt(Sample::threads).max().orElse(0);
  }

  /** How many descriptors the last look found more than the least of all looks when warm. */
  public int descriptorsGained() {
    return samples.isEmpty() ? 0 : samples.getLast().descriptors() - leastWarm(Sample::descriptors);
  }

  /** The same of threads. */
  public int threadsGained() {
    return samples.isEmpty() ? 0 : samples.getLast().threads() - leastWarm(Sample::threads);
  }

  private int leastWarm(java.util.function.ToIntFunction<Sample> of) {
    return samples.stream()
        .filter(s -> s.seconds() >= Math.min(WARM_SECONDS, samples.getLast().seconds()))
        .mapToInt(of)
        .min()
        .orElse(0);
  }
}
