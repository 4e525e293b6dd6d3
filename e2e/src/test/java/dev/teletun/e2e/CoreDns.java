package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.teletun.lab.topology.Dnsmasq;
import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * CoreDNS with its plugin kubernetes in a pod, as clusters run it, over Services that a script
 * plays. It stands for the cluster's DNS as soon as a pod's resolv.conf names it.
 */
final class CoreDns {
  /** Where it answers. */
  static final DualStack ADDRESS = LabNet.POD_ECHO;

  /** Addresses of the headless Service {@code big}: 4.5 KB. */
  static final List<String> ENDPOINTS =
      IntStream.range(0, 280)
          .mapToObj(i -> "10.244.%d.%d".formatted(200 + i / 200, i % 200))
          .toList();

  private static final Path KIT = Path.of("../../shared/cluster/coredns").toAbsolutePath();
  private static final Path BUILT = Path.of("target/lookup/coredns").toAbsolutePath();
  private static final String API_PORT = "8001";

  private final Host pod;
  private final String[] command;
  private RunningProgram running;

  private CoreDns(Host pod, String... command) throws IOException {
    this.pod = pod;
    this.command = command;
    this.running = run();
  }

  /**
   * Starts it in the pod, waits until it answers; skips the test, loudly, where it is not there.
   */
  static CoreDns start(Host pod) throws IOException {
    Path program = program();
    Path objects = Files.writeString(pod.logs().resolve("objects.json"), objects());
    Path corefile =
        Files.writeString(
            pod.logs().resolve("Corefile"),
            Files.readString(LookupProgram.resource("Corefile"))
                .replace("UPSTREAM", LabNet.POD_DNS.v4()));
    String api = LookupProgram.resource("kubernetes.py").toString();
    pod.start("python3", "-IS", api, API_PORT, objects.toString());
    return new CoreDns(pod, program.toString(), "-conf", corefile.toString());
  }

  private RunningProgram run() throws IOException {
    RunningProgram started = pod.start(command);
    Until.holds(
        () -> // it does not wait for an API server for longer than five seconds
        assertThat(
                    pod.run(
                            "dig",
                            "+short",
                            "+tries=1",
                            "+time=1",
                            "@" + ADDRESS.v4(),
                            LabNet.WEB_NAME)
                        .stdout())
                .as("CoreDNS said: %s", started.output())
                .contains(LabNet.WEB_SERVICE.v4()));
    return started;
  }

  /** Lets it keep queries without an answer, as if it were far away. */
  void pause() throws IOException {
    running.signal("STOP");
  }

  /** Lets it go on. */
  void resume() throws IOException {
    running.signal("CONT");
  }

  /** Something else answers in its place until that is closed: each query after 3 s. */
  Closeable replaceBySlow() throws IOException {
    running.kill();
    RunningProgram slow = pod.start("python3", "-IS", LookupProgram.resource("slow.py").toString());
    return () -> {
      slow.close();
      running = run();
    };
  }

  /** Something else answers in its place until that is closed: that every name is this host. */
  Closeable replaceByLiar() throws IOException {
    running.kill();
    RunningProgram liar = pod.start(Dnsmasq.line("--address=/#/127.0.0.1"));
    return () -> {
      liar.close();
      running = run();
    };
  }

  private static String objects() throws IOException {
    String endpoints =
        ENDPOINTS.stream()
            .map("{\"addresses\": [\"%s\"], \"conditions\": {\"ready\": true}}"::formatted)
            .collect(Collectors.joining(","));
    return Files.readString(LookupProgram.resource("objects.json"))
        .replace("ENDPOINTS", "[" + endpoints + "]");
  }

  /** What COREDNS names, or is on the PATH, or the kit for a cluster beside the project builds. */
  private static Path program() throws IOException {
    Files.createDirectories(BUILT.resolveSibling(""));
    String named = Optional.ofNullable(System.getenv("COREDNS")).orElse("");
    if (!named.isEmpty()) {
      return Path.of(named);
    }
    boolean there =
        Files.exists(BUILT)
            || LookupProgram.shell("cp \"$(command -v coredns)\" \"$1\"", BUILT.toString())
            || LookupProgram.shell(
                "cd \"$2\" && CGO_ENABLED=0 go build -trimpath -o \"$1\" .",
                BUILT.toString(),
                KIT.toString());
    if (!there) {
      String why =
          "NOT SHOWN: names by a real CoreDNS: put coredns on the PATH, or its path into COREDNS";
      System.err.println(why); // Maven does not show the message of what ends in @BeforeAll
      abort(why);
    }
    return BUILT;
  }
}
