package dev.teletun.bench.field;

import dev.teletun.lab.demo.Programs;
import dev.teletun.lab.sandbox.Sandbox;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A lab with the three programs in it, which can be killed and started again. */
public final class Field implements Closeable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Lab lab;
  private final Programs programs;
  private final List<String> clientOptions;
  private final HostSnapshot laptopBefore;
  private final HostSnapshot podBefore;
  private final Map<Part, RunningProgram> running = new EnumMap<>(Part.class);

  private Field(Lab lab, Programs programs, List<String> clientOptions) throws IOException {
    this.lab = lab;
    this.programs = programs;
    this.clientOptions = clientOptions;
    laptopBefore = HostSnapshot.of(lab.laptop());
    podBefore = HostSnapshot.of(lab.podCluster());
  }

  /**
   * Builds the lab; no program runs yet.
   *
   * @param command starts TeleTUN
   * @param clientOptions for every start of the client
   */
  public static Field up(String prefix, List<String> command, String... clientOptions)
      throws IOException {
    Lab lab = Lab.up(prefix);
    try {
      Programs programs =
          new Programs(lab, command, ServerCommand.of(command), Sandbox.mapsUid(Programs.NOBODY));
      programs.makeKeys();
      return new Field(lab, programs, List.of(clientOptions));
    } catch (IOException | RuntimeException e) {
      try (lab) {
        throw e;
      }
    }
  }

  /** Starts all three, and waits until the laptop is the pod. */
  public void connect() throws IOException {
    start(Part.SERVER_CLUSTER);
    start(Part.SERVER_EXTERNAL);
    start(Part.CLIENT);
  }

  /** Starts one, and waits until it is ready, the client until it is connected. */
  public void start(Part part) throws IOException {
    running.put(
        part,
        switch (part) {
          case CLIENT -> programs.client(clientOptions.toArray(String[]::new));
          case SERVER_EXTERNAL -> programs.serverExternal();
          case SERVER_CLUSTER -> programs.serverCluster();
        });
  }

  /** Starts the client, waits until it is connected, and ends it. */
  public double secondsUntilConnected() throws IOException {
    long begun = System.nanoTime();
    start(Part.CLIENT);
    double seconds = (System.nanoTime() - begun) / 1e9;
    program(Part.CLIENT).signal("TERM");
    program(Part.CLIENT).awaitExit(LIMIT);
    return seconds;
  }

  /** The one that runs, or ran last. */
  public RunningProgram program(Part part) {
    RunningProgram program = running.get(part);
    if (program == null) {
      throw new IllegalStateException(part + " was never started");
    }
    return program;
  }

  /** Ends all three in order. */
  public void disconnect() throws IOException {
    for (Part part : Part.values()) {
      RunningProgram program = running.get(part);
      if (program != null && program.isAlive()) {
        program.signal("TERM");
        program.awaitExit(LIMIT);
      }
    }
  }

  /** What is not as it was before the first start, on the laptop and in pod B, a line each. */
  public List<String> leftBehind() throws IOException {
    List<String> left = laptopBefore.differences(HostSnapshot.of(lab.laptop()));
    left.addAll(podBefore.differences(HostSnapshot.of(lab.podCluster())));
    return left;
  }

  public Lab lab() {
    return lab;
  }

  public Host laptop() {
    return lab.laptop();
  }

  @Override
  public void close() throws IOException {
    lab.close();
  }
}
