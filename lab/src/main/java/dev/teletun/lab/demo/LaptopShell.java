package dev.teletun.lab.demo;

import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The user's shell on the laptop. */
final class LaptopShell {
  private static final String BASH_START =
      """
      [ ! -r ~/.bashrc ] || . ~/.bashrc
      PS1='(lab) laptop:\\w\\$ '
      """;

  private final Lab lab;
  private final Console console;

  LaptopShell(Lab lab, Console console) {
    this.lab = lab;
    this.console = console;
  }

  /** Runs it until the user leaves it. Its own exit code says nothing about the lab. */
  int run() throws IOException {
    console.print(
        """

        You are on the laptop, connected. For instance:
          curl http://%s/        dig +short %s        ping %s
        From another terminal, into any host: sudo nsenter -a -t PID, where %s
        What the programs print: %s/*/log
        exit takes everything down.
        """
            .formatted(
                LabNet.WEB_NAME, LabNet.ECHO_NAME, LabNet.POD_ECHO.v4(), pids(), lab.directory()));
    ProcessBuilder shell = new ProcessBuilder(lab.laptop().entering(command())).inheritIO();
    shell.environment().put("TELETUN_LAB_HOST", "laptop");
    try {
      shell.start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the shell ran", e);
    }
    return 0;
  }

  private List<String> command() throws IOException {
    String shell = System.getenv().getOrDefault("SHELL", "/bin/sh");
    if (!shell.endsWith("/bash")) {
      return List.of(shell);
    }
    Path start = lab.directory().resolve("bashrc");
    Files.writeString(start, BASH_START);
    return List.of(shell, "--rcfile", start.toString());
  }

  private String pids() {
    StringBuilder pids = new StringBuilder();
    for (var host : lab.hosts()) {
      pids.append(host.name()).append('=').append(host.pid()).append(' ');
    }
    return pids.toString().strip();
  }
}
