package dev.teletun.linux.namespace;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace of a test's own, with loopback up; deleted by {@link #close}. */
public final class TestNamespace implements Closeable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name =
      "nlt%d-%d".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet());

  private TestNamespace() {}

  /** Makes it. Needs root. */
  public static TestNamespace create() throws IOException {
    TestNamespace made = new TestNamespace();
    execute(List.of("ip", "netns", "add", made.name));
    made.run("ip", "link", "set", "lo", "up");
    return made;
  }

  /** What {@code ip netns list} calls it. */
  public String name() {
    return name;
  }

  /** Runs a program in it and returns what it prints; fails unless it succeeds. */
  public String run(String... command) throws IOException {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
    words.addAll(List.of(command));
    return execute(words);
  }

  /** Runs {@code work} on a thread in it. */
  public <T> T call(Callable<T> work) throws IOException {
    try (NetworkNamespace namespace = NetworkNamespace.named(name)) {
      return namespace.call(work);
    }
  }

  private static String execute(List<String> words) throws IOException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(words + " failed: " + output);
      }
      return output;
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() throws IOException {
    execute(List.of("ip", "netns", "delete", name));
  }
}
