package dev.teletun.bench.field;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * TCP connections inside the tunnel that stay open, up and down, and one that talks; every byte
 * that arrives is compared with what was sent.
 */
public final class Load implements Closeable {
  /** What all payload is full of, and no capture of the outside may show. */
  public static final byte[] MARKER =
      "THIS-IS-IN-CLEAR".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private static final int PORT = 7700;
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Pattern LISTENING = Pattern.compile("^listening");

  /**
   * How one connection stands.
   *
   * @param right bytes that arrived and were what was sent
   * @param lost how often it broke
   * @param wrong how often something else arrived
   * @param why it broke last
   */
  public record State(String name, long right, int lost, int wrong, String why) {
    static State parse(String line) {
      String[] words = line.split(" ", 5);
      return new State(
          words[0],
          Long.parseLong(words[1]),
          Integer.parseInt(words[2]),
          Integer.parseInt(words[3]),
          words[4]);
    }
  }

  private final CloseStack owned;
  private final Path state;
  private final RunningProgram carrying;

  private Load(CloseStack owned, Path state, RunningProgram carrying) {
    this.owned = owned;
    this.state = state;
    this.carrying = carrying;
  }

  /** What answers in the pod. */
  public static RunningProgram serveIn(Host pod) throws IOException {
    RunningProgram server =
        pod.start("python3", "-IS", script(pod), "serve", Integer.toString(PORT));
    server.awaitLine(LISTENING, LIMIT);
    return server;
  }

  /**
   * Begins to carry.
   *
   * @param to the pod where {@link #serveIn} runs
   * @param pairs of connections, one up and one down
   * @param bytesPerSecond all of them together; 0 for as much as they can
   */
  public static Load begin(Host from, String to, int pairs, double bytesPerSecond)
      throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      Path state = Files.createTempFile(from.logs(), "load", "");
      RunningProgram carrying =
          onFailure.own(
              from.start(
                  "python3",
                  "-IS",
                  script(from),
                  "carry",
                  to,
                  Integer.toString(PORT),
                  Integer.toString(pairs),
                  Double.toString(bytesPerSecond),
                  state.toString()));
      return new Load(onFailure.handOver(), state, carrying);
    }
  }

  private static String script(Host host) throws IOException {
    return Scripts.copy("load.py", host.logs()).toString();
  }

  /** How all connections stand, empty before the first has begun. */
  public List<State> now() throws IOException {
    if (!carrying.isAlive()) {
      throw new IOException("the load ended: " + carrying.output());
    }
    List<State> states = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(state)) {
        states.add(State.parse(line));
      }
    } catch (NoSuchFileException _) {
      return List.of();
    }
    return states;
  }

  /** Bytes that arrived and were right, of all connections. */
  public long right() throws IOException {
    return now().stream().mapToLong(State::right).sum();
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
