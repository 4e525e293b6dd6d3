package dev.teletun.client.dns;

import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A host of its own: a network namespace with dnsmasq processes on addresses of its loopback
 * device, and a resolv.conf that {@code ip netns exec} puts in place.
 */
public final class DnsLab implements Closeable {
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final CloseStack owned = new CloseStack();
  private final String name =
      "dnst%d-%d".formatted(ProcessHandle.current().pid(), NEXT.incrementAndGet());
  private final Path etc = Path.of("/etc/netns", name);

  public static DnsLab up(String... addresses) throws IOException {
    DnsLab lab = new DnsLab();
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(lab);
      lab.build(addresses);
      onFailure.handOver();
      return lab;
    }
  }

  private void build(String... addresses) throws IOException {
    Files.createDirectories(etc);
    owned.own(() -> Files.deleteIfExists(etc));
    owned.own(() -> Files.deleteIfExists(resolvConf()));
    execute("ip", "netns", "add", name);
    owned.own(() -> execute("ip", "netns", "delete", name));
    run("ip", "link", "set", "lo", "up");
    for (String address : addresses) {
      String length = address.contains(":") ? "/128" : "/32";
      List<String> add = new ArrayList<>(List.of("ip", "addr", "add", address + length));
      add.addAll(List.of("dev", "lo"));
      if (address.contains(":")) {
        add.add("nodad");
      }
      run(add.toArray(String[]::new));
    }
  }

  public String name() {
    return name;
  }

  public Path resolvConf() {
    return etc.resolve("resolv.conf");
  }

  /** Writes a new file and moves it over the old one, as most programs do. */
  public void resolvConf(String... servers) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String server : servers) {
      text.append("nameserver ").append(server).append('\n');
    }
    Path fresh = Files.writeString(etc.resolve("new"), text + "options timeout:2 attempts:2\n");
    Files.move(fresh, resolvConf(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /** Starts a name server that knows what the options say, and that nothing else exists. */
  public Process dnsmasq(String address, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name, "dnsmasq"));
    command.addAll(
        List.of(
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--no-resolv",
            "--no-hosts",
            "--bind-interfaces",
            "--listen-address=" + address,
            "--except-interface=none",
            "--pid-file=",
            "--user=root",
            "--local=/#/",
            "--log-facility=-"));
    command.addAll(List.of(options));
    Process process = start(command);
    awaitPort(address);
    return process;
  }

  /** Starts a program that ends with the lab. */
  public Process start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    owned.own(() -> process.destroyForcibly().onExit().join());
    return process;
  }

  private void awaitPort(String address) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    String shown = address.contains(":") ? "[" + address + "]" : address;
    while (!run("ss", "-Hltn", "src", shown).contains(":53")) {
      if (System.nanoTime() > deadline) {
        throw new IOException("dnsmasq on " + address + " does not listen");
      }
    }
  }

  /** Runs a program in the namespace and returns what it prints, whatever its exit code. */
  public String run(String... command) throws IOException {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
    inside.addAll(List.of(command));
    return execute(inside.toArray(String[]::new));
  }

  /** The answers of dig, one on each line. */
  public String dig(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("dig", "+short", "+tries=1", "+time=6"));
    command.addAll(List.of(words));
    return run(command.toArray(String[]::new));
  }

  /** Takes ownership of something in the namespace. */
  public <R extends Closeable> R own(R resource) {
    return owned.own(resource);
  }

  public <T> T inside(Callable<T> work) throws IOException {
    try (NetworkNamespace namespace = NetworkNamespace.named(name)) {
      return namespace.call(work);
    }
  }

  private static String execute(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.onExit().join();
    return output;
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
