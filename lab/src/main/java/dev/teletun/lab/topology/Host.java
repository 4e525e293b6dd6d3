package dev.teletun.lab.topology;

import dev.teletun.lab.sandbox.Sandbox;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * One computer, router or pod of a lab. Programs in it see its network, host name, processes,
 * {@code /etc/resolv.conf} (an ordinary file that may be written, renamed over or removed), an own
 * {@code /run} and what they write to {@code /var/lib}; everything else is this machine's.
 *
 * <p>Any thread may use it.
 */
public final class Host {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final String name;
  private final String namespace;
  private final long pid;
  private final Path logs;
  private final AtomicInteger started = new AtomicInteger();

  Host(String name, String namespace, long pid, Path logs) {
    this.name = name;
    this.namespace = namespace;
    this.pid = pid;
    this.logs = logs;
  }

  /** Where this process runs: no lab, and nothing of it is ours. What is started must be ended. */
  public static Host here(Path logs) {
    return new Host("this host", "", ProcessHandle.current().pid(), logs);
  }

  /** What it is called in the lab: {@code laptop}, {@code pod-external} … */
  public String name() {
    return name;
  }

  /** Name of its network namespace, as in {@code ip netns exec NAME}. */
  public String namespace() {
    return namespace;
  }

  /** Its first process: {@code /proc/PID/ns/net} is its network. */
  public long pid() {
    return pid;
  }

  /** Directory with what its programs print. */
  public Path logs() {
    return logs;
  }

  /** Runs a command for at most 30 s. */
  public Run run(String... command) throws IOException {
    return run(LIMIT, command);
  }

  /** Runs a command for at most {@code limit}, after which it is killed. */
  public Run run(Duration limit, String... command) throws IOException {
    return Commands.run(entering(List.of(command)), "", limit, logs);
  }

  /** Runs a command that reads {@code input}. */
  public Run runWithInput(String input, String... command) throws IOException {
    return Commands.run(entering(List.of(command)), input, LIMIT, logs);
  }

  /** Runs a line of sh(1). */
  public Run shell(String script) throws IOException {
    return run("sh", "-c", script);
  }

  /** Starts a program in the background; it ends with the lab at the latest. */
  public RunningProgram start(String... command) throws IOException {
    List<String> words = List.of(command);
    String program = Path.of(words.getFirst()).getFileName().toString();
    Path output = logs.resolve("%02d-%s.log".formatted(started.incrementAndGet(), program));
    // Ctrl-C is for us, not for it. A shell lets what it starts in the background ignore signals,
    // and so would all that we start: a program under test must hear them.
    List<String> line = new ArrayList<>(List.of("setsid", "env", "--default-signal"));
    line.addAll(entering(words));
    return RunningProgram.start(Commands.builder(line), words, output);
  }

  /** The command line, for ProcessBuilder, that runs {@code command} in this host. */
  public List<String> entering(List<String> command) {
    List<String> line =
        new ArrayList<>(
            List.of("nsenter", "--target=" + pid, "--mount", "--net", "--uts", "--pid", "--"));
    line.addAll(command);
    return line;
  }

  /**
   * Records what passes an interface into a pcap file until closed. Packets that come after the
   * return are in it; a packet is in the file at once.
   */
  public Closeable capture(String interfaceName, Path pcap) throws IOException {
    RunningProgram recorder = start(recording(interfaceName, pcap.toAbsolutePath().toString()));
    try {
      recorder.awaitLine(Pattern.compile("listening on"), Duration.ofSeconds(5));
    } catch (IOException e) {
      try (recorder) {
        throw e;
      }
    }
    return recorder;
  }

  /** tcpdump insists on changing its user or group, which one uid alone does not allow. */
  private String[] recording(String interfaceName, String pcap) throws IOException {
    if (!Sandbox.hasSeveralUids()) {
      String script = Scripts.copy("capture.py", logs).toString();
      return new String[] {"python3", "-IS", script, interfaceName, pcap};
    }
    return new String[] {
      "tcpdump",
      "--interface=" + interfaceName,
      "--immediate-mode",
      "--packet-buffered",
      "--no-promiscuous-mode",
      "--relinquish-privileges=root",
      "--buffer-size=65536",
      "-w",
      pcap
    };
  }

  /** Sets the MTU of an interface, in bytes. */
  public void mtu(String interfaceName, int bytes) throws IOException {
    run("ip", "link", "set", interfaceName, "mtu", Integer.toString(bytes)).orThrow();
  }

  /**
   * TCP connections that begin here from now on go by this congestion control, also in a pod, which
   * cannot write {@code /proc/sys} itself.
   *
   * @param name one of {@code net.ipv4.tcp_allowed_congestion_control}
   */
  public void congestionControl(String name) throws IOException {
    String script = "echo %s >/proc/sys/net/ipv4/tcp_congestion_control".formatted(name);
    Commands.run(List.of("nsenter", "--target=" + pid, "--net", "--", "sh", "-c", script))
        .orThrow();
  }

  /** What {@code /etc/resolv.conf} says here. */
  public String resolvConf() throws IOException {
    return run("cat", "/etc/resolv.conf").orThrow();
  }

  /** True if a program here listens on this TCP port, or has this UDP port. */
  public boolean listens(int port) throws IOException {
    Pattern socket =
        Pattern.compile("^\\s*\\d+: [0-9A-F]+:%04X [0-9A-F]+:0000 (0A|07) ".formatted(port));
    for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
      try (var lines = Files.lines(Path.of("/proc/" + pid + "/net/" + table))) {
        if (lines.anyMatch(socket.asPredicate())) {
          return true;
        }
      }
    }
    return false;
  }

  /** True once {@code links} links have a link-local address, which the kernel adds last of all. */
  boolean isLinked(int links) throws IOException {
    try (var addresses = Files.lines(Path.of("/proc/" + pid + "/net/if_inet6"))) {
      return addresses.filter(line -> line.startsWith("fe80")).count() >= links;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
