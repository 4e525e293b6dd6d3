package dev.teletun.bench.field;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Numbered datagrams inside the tunnel, both ways; times are System.nanoTime's, which programs of
 * the lab share.
 */
public final class Flow implements Closeable {
  private static final int PORT = 7701;
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Pattern FLOWING = Pattern.compile("^flowing");

  private final CloseStack owned;
  private final Path atLaptop;
  private final Path atPod;

  private Flow(CloseStack owned, Path atLaptop, Path atPod) {
    this.owned = owned;
    this.atLaptop = atLaptop;
    this.atPod = atPod;
  }

  /**
   * Begins to send.
   *
   * @param up pause between two from the laptop, zero for none
   * @param down pause between two from the pod
   */
  public static Flow begin(Host laptop, Host pod, String podAddress, Duration up, Duration down)
      throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      Path atPod = start(pod, LabNet.POD_CLUSTER.v4(), down, onFailure);
      Path atLaptop = start(laptop, podAddress, up, onFailure);
      return new Flow(onFailure.handOver(), atLaptop, atPod);
    }
  }

  private static Path start(Host host, String peer, Duration pause, CloseStack owner)
      throws IOException {
    Path notes = Files.createTempFile(host.logs(), "flow", "");
    RunningProgram program =
        owner.own(
            host.start(
                "python3",
                "-IS",
                Scripts.copy("flow.py", host.logs()).toString(),
                peer,
                Integer.toString(PORT),
                Long.toString(pause.toMillis()),
                notes.toString()));
    program.awaitLine(FLOWING, LIMIT);
    return notes;
  }

  /** What left the laptop so far. */
  public Track up() throws IOException {
    return Track.of(Files.readAllLines(atLaptop), Files.readAllLines(atPod));
  }

  /** What left the pod so far. */
  public Track down() throws IOException {
    return Track.of(Files.readAllLines(atPod), Files.readAllLines(atLaptop));
  }

  /** Waits until something that was sent after {@code nanos} has arrived, each way that flows. */
  public Duration untilBothArrive(long nanos, Duration limit) throws IOException {
    List<Track> last = new java.util.ArrayList<>();
    Pause.until(
        limit,
        () -> {
          last.clear();
          last.addAll(List.of(up(), down()));
          return last.stream().allMatch(t -> !t.flows() || t.firstArrivalAfter(nanos) > 0);
        });
    long latest = 0;
    for (Track track : last) {
      if (track.flows()) {
        long first = track.firstArrivalAfter(nanos);
        latest = Math.max(latest, first > 0 ? first - nanos : limit.toNanos());
      }
    }
    return Duration.ofNanos(latest);
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
