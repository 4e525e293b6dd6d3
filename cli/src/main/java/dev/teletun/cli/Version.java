package dev.teletun.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar's manifest tells. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "teletun " + (version == null ? "(not packaged)" : version),
      "Java %s, %s".formatted(Runtime.version(), System.getProperty("os.arch")),
    };
  }
}
