package dev.teletun.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program itself, which only holds its commands. */
@Command(
    name = "teletun",
    header = "Makes this machine be a Kubernetes pod: its address, its network, its DNS.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    commandListHeading = "%nCommands:%n",
    subcommands = {
      ClientCommand.class,
      UpCommand.class,
      DownCommand.class,
      DeployCommand.class,
      RbacCommand.class,
      ServerExternalCommand.class,
      ServerClusterCommand.class,
      StatusCommand.class,
      CleanupCommand.class,
      KeygenCommand.class,
      LabCommand.class,
      CompletionCommand.class,
    },
    footer = {
      "",
      "Try it without a cluster:",
      "  teletun lab",
      "",
      "With one: make keys, run the two servers in two pods, then connect:",
      "  teletun keygen -directory=keys",
      "  sudo teletun client -pod=teletun-external -port=7000 -server-pubkey=keys/server.pub \\",
      "       -client-pubkey=keys/client.pub -client-privkey=keys/client.key -route=10.96.0.0/16",
      "",
      "Help for one command: teletun client --help. Every option may have one dash or two.",
    })
final class TeletunCommand {
  @Mixin final GlobalOptions global = new GlobalOptions();

  @Option(
      names = {"-V", "-version", "--version"},
      versionHelp = true,
      description = "Show the version.")
  boolean version;
}
