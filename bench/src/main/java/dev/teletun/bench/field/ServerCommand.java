package dev.teletun.bench.field;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line that starts a server as the launcher does, from the one that starts a client.
 */
public final class ServerCommand {
  private ServerCommand() {}

  /** The same with the servers' own argument file, if the checkout has one. */
  public static List<String> of(List<String> command) {
    return command.stream().map(ServerCommand::ofServers).toList();
  }

  private static String ofServers(String word) {
    String own = word.replaceFirst("^@(.*)/teletun\\.args$", "@$1/teletun-server.args");
    return Files.exists(Path.of(own.substring(own.startsWith("@") ? 1 : 0))) ? own : word;
  }
}
