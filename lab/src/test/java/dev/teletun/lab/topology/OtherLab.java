package dev.teletun.lab.topology;

import dev.teletun.lab.sandbox.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A lab in a process of its own, for tests that kill it or give it few rights. */
final class OtherLab {
  private OtherLab() {}

  /** The command that runs it; {@code before} may be unshare(1). */
  static ProcessBuilder command(String prefix, Path output, String... before) {
    List<String> command = new java.util.ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            OtherLab.class.getName(),
            prefix));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
  }

  /** Prints {@code up} with the process of the laptop, tries a few things, waits for input. */
  public static void main(String[] arguments) throws Exception {
    if (Sandbox.isInside()) {
      Sandbox.prepare();
    }
    try (Lab lab = Lab.up(arguments[0])) {
      Path pcap = lab.directory().resolve("any.pcap");
      try (var _ = lab.router().capture("lan0", pcap)) {
        lab.laptop().run("ping", "-c1", "-W2", "-p", "4d41524b", LabNet.OUTSIDE.v4()).orThrow();
      }
      System.out.println(lab.podCluster().run("curl", "-4sS", LabNet.WEB_NAME).orThrow().strip());
      System.out.println("recorded " + Files.size(pcap));
      System.out.println("up " + lab.laptop().pid());
      int _ = System.in.read();
    }
    System.out.println("down");
  }
}
