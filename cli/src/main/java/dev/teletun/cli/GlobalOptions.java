package dev.teletun.cli;

import picocli.CommandLine.Option;

/** What every command takes. */
final class GlobalOptions {
  @Option(
      names = {"-v", "-verbose", "--verbose"},
      description = "Add a stack trace to an error, and the logs of the libraries.")
  boolean verbose;

  @Option(
      names = {"-h", "-help", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;
}
