package dev.teletun.lab.demo;

import dev.teletun.lab.sandbox.ForbiddenException;
import dev.teletun.lab.sandbox.Sandbox;
import dev.teletun.lab.sandbox.Tools;
import dev.teletun.lab.topology.HostSnapshot;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The demonstration behind {@code teletun lab}. */
public final class Demo {
  private static final String PREFIX = "lab";
  private static final int FAILURE = 1;
  private static final int REFUSED = 3;

  private final DemoOptions options;
  private final Console console;

  private Demo(DemoOptions options, PrintStream out) {
    this.options = options;
    this.console = new Console(out, options.ascii());
  }

  /**
   * Builds the lab in a sandbox, shows what is to be shown, takes it down.
   *
   * @return 0 if all was shown, 1 if something failed, 3 if this machine forbids it; what failed
   *     has been printed
   */
  public static int run(DemoOptions options, PrintStream out) {
    try {
      if (!Sandbox.isInside()) {
        Tools.provide(out, Sandbox.isRoot());
        return Sandbox.runInside(again(options));
      }
      Sandbox.prepare();
      requireTunDevice();
      Demo demo = new Demo(options, out);
      Runtime.getRuntime().addShutdownHook(new Thread(demo.console::end, "lab-console-end"));
      return demo.run();
    } catch (ForbiddenException e) {
      System.err.println("teletun lab: " + e.getMessage());
      return REFUSED;
    } catch (IOException e) {
      System.err.println("teletun lab: " + e.getMessage());
      return FAILURE;
    }
  }

  private static List<String> again(DemoOptions options) {
    List<String> command = new ArrayList<>(options.programCommand());
    command.add("lab");
    if (options.ascii()) {
      command.add("--ascii");
    }
    if (options.shell()) {
      command.add("shell");
    }
    return command;
  }

  private int run() throws IOException {
    console.print(Picture.drawn(options.ascii()));
    try (Lab lab = console.step("building the network", () -> Lab.up(PREFIX))) {
      Checks checks = new Checks(lab);
      Programs programs =
          new Programs(lab, options.programCommand(), Sandbox.mapsUid(Programs.NOBODY));
      HostSnapshot before = HostSnapshot.of(lab.laptop());
      console.check("before: the cluster is out of reach", checks::clusterIsOutOfReach);
      console.step("making keys", programs::makeKeys);
      try (RunningProgram cluster =
              console.step("server-cluster in pod B", programs::serverCluster);
          RunningProgram external =
              console.step("server-external in pod A", programs::serverExternal);
          RunningProgram client = console.step("client on the laptop", programs::client)) {
        if (options.shell()) {
          return new LaptopShell(lab, console).run();
        }
        whileConnected(checks, cluster, external);
        measure(lab, checks, cluster, external, client);
        afterwards(checks, programs, before, client, cluster);
      }
    }
    return console.conclude();
  }

  private void whileConnected(Checks checks, RunningProgram cluster, RunningProgram external)
      throws IOException {
    boolean hasNobody = Sandbox.mapsUid(Programs.NOBODY);
    console.check("the laptop has pod B's addresses", checks::laptopHasThePodsAddresses);
    console.check("dig of a service, UDP", checks::resolvesServiceName);
    console.check("dig of a service, TCP", checks::resolvesServiceNameOverTcp);
    console.check("curl of a service by name", () -> checks.servesByName(LabNet.WEB_NAME, "-4"));
    console.check(
        "curl by its short name, IPv6", () -> checks.servesByName("web.default.svc", "-6"));
    console.check("a pod sees pod B's address", checks::podSeesPodB);
    console.check("ping of a pod, IPv4", () -> checks.answersPing(LabNet.POD_WEB.v4()));
    console.check("ping of a pod, IPv6", () -> checks.answersPing(LabNet.POD_WEB.v6()));
    console.check("other names stay with their servers", checks::outsideNamesStayWithTheirServers);
    console.check(
        "a pod reaches the laptop, IPv4",
        () -> checks.podReachesTheLaptop(LabNet.POD_CLUSTER.v4()));
    console.check(
        "a pod reaches the laptop, IPv6",
        () -> checks.podReachesTheLaptop(LabNet.POD_CLUSTER.v6Bracketed()));
    console.check("the router sees nothing of it", checks::nothingInClear);
    console.check("server-cluster has CAP_NET_ADMIN only", () -> checks.hasOnlyNetAdmin(cluster));
    console.check("server-external has no capability", () -> checks.hasNoCapability(external));
    console.check("server-external is not root", () -> checks.isNobody(external, hasNobody));
  }

  private void measure(
      Lab lab,
      Checks checks,
      RunningProgram cluster,
      RunningProgram external,
      RunningProgram client)
      throws IOException {
    console.print("  measured here and now");
    String echo = LabNet.POD_ECHO.v4();
    if (Tools.has("ping")) {
      console.measured("round trip to the node, outside", checks.roundTrip(LabNet.NODE.v4()));
      console.measured("round trip to a pod, inside", checks.roundTrip(echo));
    }
    console.measured("one TCP stream to a pod", Measurements.speed(lab.laptop(), echo));
    console.measured("one TCP stream from a pod", Measurements.speed(lab.laptop(), echo, "-R"));
    console.measured(
        "memory of client, server-external, -cluster",
        "%s, %s, %s"
            .formatted(
                Measurements.memory(client),
                Measurements.memory(external),
                Measurements.memory(cluster)));
  }

  private void afterwards(
      Checks checks,
      Programs programs,
      HostSnapshot before,
      RunningProgram client,
      RunningProgram cluster)
      throws IOException {
    client.kill();
    console.check("client killed (-9): the laptop is as before", () -> checks.isAsBefore(before));
    console.check("names resolve as before", checks::namesResolveAsBefore);
    console.check(
        "cleanup leaves it so", () -> checks.cleanupFindsNothing(programs.cleanup(), before));
    cluster.kill();
    console.check("server-cluster killed: pod B is itself", checks::podIsItselfAgain);
  }

  private static void requireTunDevice() throws ForbiddenException {
    Path device = Path.of("/dev/net/tun");
    try (FileChannel _ =
        FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return;
    } catch (java.nio.file.NoSuchFileException e) {
      throw new ForbiddenException(device + " is missing: run sudo modprobe tun");
    } catch (java.nio.file.AccessDeniedException e) {
      throw new ForbiddenException(
          device + " is for root alone here: run sudo chmod 666 " + device + ", or run with sudo");
    } catch (IOException e) {
      return; // the programs explain it better
    }
  }
}
