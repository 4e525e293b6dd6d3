package dev.teletun.lab.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Whether this process is in a sandbox, and how to start one that is. */
public final class Sandbox {

  /** Names the mount namespace outside; a process in another one is inside. */
  static final String OUTSIDE = "TELETUN_LAB_OUTSIDE";

  private static final int FIRST = 0; // columns of uid_map: inside, outside, how many
  private static final int LENGTH = 2;
  private static final Path OWN_MOUNTS = Path.of("/proc/self/ns/mnt");
  private static final long GRACE_SECONDS = 10;

  private Sandbox() {}

  /** True if this process was started by {@link #runInside}, or as the package says. */
  public static boolean isInside() throws IOException {
    String outside = System.getenv(OUTSIDE);
    return outside != null && !outside.equals(ownMounts());
  }

  /** True for root, also for root of a user namespace. */
  public static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  /** True if more than one uid is mapped here, which some programs insist on. */
  public static boolean hasSeveralUids() throws IOException {
    return uids(Files.readString(Path.of("/proc/self/uid_map"))) > 1;
  }

  /** True if a program can run as {@code uid} here. */
  public static boolean mapsUid(int uid) throws IOException {
    return maps(Files.readString(Path.of("/proc/self/uid_map")), uid);
  }

  /** How many uids a {@code uid_map} maps (user_namespaces(7)). */
  static long uids(String uidMap) {
    return ranges(uidMap).mapToLong(range -> range[LENGTH]).sum();
  }

  static boolean maps(String uidMap, int uid) {
    return ranges(uidMap)
        .anyMatch(range -> uid >= range[FIRST] && uid < range[FIRST] + range[LENGTH]);
  }

  private static Stream<long[]> ranges(String uidMap) {
    return uidMap
        .lines()
        .map(
            line -> Stream.of(line.strip().split("\\s+", -1)).mapToLong(Long::parseLong).toArray());
  }

  /**
   * Runs a command in a new sandbox with our terminal, and returns its exit code.
   *
   * @throws ForbiddenException if this machine forbids it
   */
  public static int runInside(List<String> command) throws IOException {
    List<String> line = new ArrayList<>(unshare());
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
    builder.environment().put(OUTSIDE, ownMounts());
    Process inside = builder.start();
    Thread onSignal = new Thread(() -> end(inside), "lab-sandbox-end");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      return inside.waitFor();
    } catch (InterruptedException e) {
      end(inside);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the lab ran", e);
    }
  }

  /** Gives the sandbox a /run of its own, where ip(8) keeps the names of namespaces. */
  public static void prepare() throws IOException {
    if (!isInside()) {
      throw new IllegalStateException("would mount over the machine's own /run");
    }
    if (!succeeds(List.of("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"))) {
      throw new ForbiddenException("cannot mount a tmpfs on /run: run with sudo");
    }
  }

  /** The unshare(1) command that works here, most private uids first. */
  private static List<String> unshare() throws IOException {
    List<String> mounts = List.of("--mount", "--propagation=private");
    List<List<String>> users =
        isRoot()
            ? List.of(List.of())
            : List.of(
                List.of("--user", "--map-root-user", "--map-auto"), // with newuidmap and subuids
                List.of("--user", "--map-root-user"));
    for (List<String> user : users) {
      List<String> line = new ArrayList<>(List.of("unshare"));
      line.addAll(user);
      line.addAll(mounts);
      List<String> trial = new ArrayList<>(line);
      trial.add("true");
      if (succeeds(trial)) {
        return line;
      }
    }
    throw new ForbiddenException(Forbidden.reason(isRoot()));
  }

  private static boolean succeeds(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while trying " + command, e);
    }
  }

  private static void end(Process inside) {
    inside.destroy();
    try {
      inside.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static String ownMounts() throws IOException {
    return Files.readSymbolicLink(OWN_MOUNTS).toString();
  }
}
