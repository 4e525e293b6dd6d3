package dev.teletun.cli.prepare;

import dev.teletun.cli.Main;
import dev.teletun.lab.api.PlayedCluster;
import dev.teletun.lab.demo.Programs;
import dev.teletun.lab.sandbox.ForbiddenException;
import dev.teletun.lab.sandbox.InSandbox;
import dev.teletun.lab.sandbox.Sandbox;
import dev.teletun.lab.sandbox.Tools;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Trains with a whole connection: both servers and a client in a lab, with an API server that is
 * played. The client goes through the other commands, too ({@link Training}). Installs nothing, and
 * fails where there can be no lab.
 */
public final class TrainingInLab {
  private static final Duration CONNECTING = Duration.ofMinutes(1);
  private static final Duration ENDING = Duration.ofMinutes(3); // the JVM makes the cache then

  private TrainingInLab() {}

  /**
   * Makes a client's start-up cache.
   *
   * @param arguments the cache's file, then the command line of a JVM up to the main class
   */
  public static void main(String[] arguments) {
    System.exit(
        InSandbox.run(
            TrainingInLab.class,
            arguments,
            given -> {
              train(given.getFirst(), given.subList(1, given.size()));
              return 0;
            }));
  }

  private static void train(String cache, List<String> java) throws IOException {
    List<String> missing =
        Tools.missing().stream()
            .filter(Tools.Tool::required)
            .map(Tools.Tool::debianPackage)
            .toList();
    if (!missing.isEmpty()) {
      throw new ForbiddenException(
          "missing for a lab: sudo apt-get install " + String.join(" ", missing));
    }
    List<String> program = new ArrayList<>(java);
    program.add(Main.class.getName());
    try (Lab lab = Lab.up("train")) {
      Programs programs = new Programs(lab, program, Sandbox.mapsUid(Programs.NOBODY));
      programs.makeKeys();
      try (PlayedCluster cluster = PlayedCluster.in(lab.node().pid(), LabNet.NODE.v4());
          RunningProgram _ = programs.serverCluster();
          RunningProgram _ = programs.serverExternal()) {
        cluster.serviceCidrs(LabNet.SERVICES.v4());
        cluster.node("lab-node", LabNet.PODS.v4());
        cluster.namespace("default");
        List<String> arguments =
            programs.clientArguments("-kubeconfig=" + cluster.kubeconfig(lab.directory()));
        List<String> client = new ArrayList<>(java);
        client.add("-XX:AOTCacheOutput=" + cache);
        client.add(Training.class.getName());
        client.addAll(arguments);
        use(lab, client);
      }
    }
  }

  private static void use(Lab lab, List<String> client) throws IOException {
    try (RunningProgram running = lab.laptop().start(client.toArray(String[]::new))) {
      running.awaitLine(Pattern.compile("^connected"), CONNECTING);
      lab.laptop().run("getent", "hosts", LabNet.WEB_NAME).orThrow();
      running.signal("TERM");
      int _ = running.awaitExit(ENDING);
    }
  }
}
