package dev.teletun.lab.demo;

import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * TeleTUN's own programs in the lab, each with no more rights than it would have in a cluster: pod
 * A's as nobody and without capabilities, pod B's as root with CAP_NET_ADMIN alone.
 */
public final class Programs {

  /** The user of server-external where there is more than one: nobody. */
  public static final int NOBODY = 65534;

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern READY = Pattern.compile("^ready");
  private static final Pattern CONNECTED = Pattern.compile("^connected");

  private final Lab lab;
  private final List<String> command;
  private final List<String> serverCommand;
  private final boolean hasNobody;
  private final Path keys;
  private final Path sockfile;

  /**
   * Programs for this lab.
   *
   * @param command what starts TeleTUN
   * @param hasNobody whether a program can run as {@link #NOBODY}
   */
  public Programs(Lab lab, List<String> command, boolean hasNobody) {
    this(lab, command, command, hasNobody);
  }

  /** The same with another command that starts the servers. */
  public Programs(Lab lab, List<String> command, List<String> serverCommand, boolean hasNobody) {
    this.lab = lab;
    this.command = command;
    this.serverCommand = serverCommand;
    this.hasNobody = hasNobody;
    this.keys = lab.directory().resolve("keys");
    this.sockfile = lab.directory().resolve("pair/teletun.sock");
  }

  /** Makes keys, the socket's directory, and the programs' files readable in the pods. */
  public Path makeKeys() throws IOException {
    lab.laptop().run(line(List.of(), "keygen", "-directory=" + keys)).orThrow();
    Path pair = Files.createDirectory(sockfile.getParent());
    Files.setPosixFilePermissions(pair, PosixFilePermissions.fromString("rwxrwx---"));
    if (hasNobody) {
      Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwxr-xr-x"));
      lab.node()
          .shell(
              "chown %d %s/server.key && chgrp %d %s && chmod g+s %s"
                  .formatted(NOBODY, keys, NOBODY, pair, pair))
          .orThrow();
      for (Host pod : List.of(lab.podExternal(), lab.podCluster())) {
        ReadableFiles.of(serverCommand).provideIn(pod);
      }
    }
    return keys;
  }

  /** Starts server-cluster in pod B, with these options, too, and waits until it is ready. */
  public RunningProgram serverCluster(String... more) throws IOException {
    List<String> rights =
        List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all,+net_admin", "--");
    List<String> words = new ArrayList<>();
    words.add("server-cluster");
    words.add("-sockfile=" + sockfile);
    words.add("-peer-uid=" + (hasNobody ? NOBODY : 0));
    words.addAll(List.of(more));
    return ready(lab.podCluster().start(serverLine(rights, words.toArray(String[]::new))), READY);
  }

  /** Starts server-external in pod A and waits until it is ready. */
  public RunningProgram serverExternal() throws IOException {
    List<String> rights =
        new ArrayList<>(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all"));
    rights.add("--no-new-privs");
    if (hasNobody) {
      rights.addAll(List.of("--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    rights.addAll(List.of("--", "env", "HOME=/tmp"));
    return ready(
        lab.podExternal()
            .start(
                serverLine(
                    rights,
                    "server-external",
                    "-port=" + LabNet.EXTERNAL_PORT,
                    "-server-pubkey=" + keys.resolve("server.pub"),
                    "-server-privkey=" + keys.resolve("server.key"),
                    "-client-pubkey=" + keys.resolve("client.pub"),
                    "-sockfile=" + sockfile)),
        READY);
  }

  /** Starts the client on the laptop and waits until it is connected. */
  public RunningProgram client(String... more) throws IOException {
    return ready(lab.laptop().start(clientCommand(more)), CONNECTED);
  }

  /** The client's whole command line. */
  public String[] clientCommand(String... more) {
    return line(List.of(), clientArguments(more).toArray(String[]::new));
  }

  /** The same without what starts TeleTUN. */
  public List<String> clientArguments(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "client",
                "-address=" + LabNet.NODE.v4(),
                "-port=" + LabNet.NODE_PORT,
                "-server-pubkey=" + keys.resolve("server.pub"),
                "-client-pubkey=" + keys.resolve("client.pub"),
                "-client-privkey=" + keys.resolve("client.key"),
                "-expose=all",
                "-route=" + LabNet.SERVICES.v4(),
                "-route=" + LabNet.SERVICES.v6(),
                "-route=" + LabNet.PODS.v4(),
                "-route=" + LabNet.PODS.v6()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** The command line of {@code teletun cleanup}. */
  String[] cleanup() {
    return line(List.of(), "cleanup");
  }

  private String[] line(List<String> before, String... arguments) {
    return line(before, command, arguments);
  }

  private String[] serverLine(List<String> before, String... arguments) {
    return line(before, serverCommand, arguments);
  }

  private static String[] line(List<String> before, List<String> command, String... arguments) {
    List<String> line = new ArrayList<>(before);
    line.addAll(command);
    line.addAll(List.of(arguments));
    return line.toArray(String[]::new);
  }

  private static RunningProgram ready(RunningProgram program, Pattern line) throws IOException {
    try {
      program.awaitLine(line, LIMIT);
      return program;
    } catch (IOException e) {
      try (program) {
        throw e;
      }
    }
  }
}
