package dev.teletun.lab.sandbox;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The programs of other people that the lab uses, and the Debian packages they come in. */
public final class Tools {

  /** A command, the package it is in, and whether there is no lab without it. */
  public record Tool(String command, String debianPackage, boolean required) {}

  private static final List<Tool> ALL =
      List.of(
          new Tool("ip", "iproute2", true),
          new Tool("unshare", "util-linux", true),
          new Tool("nsenter", "util-linux", true),
          new Tool("setpriv", "util-linux", true),
          new Tool("nft", "nftables", true),
          new Tool("dnsmasq", "dnsmasq-base", true), // dnsmasq would start a daemon
          new Tool("python3", "python3", true),
          new Tool("ping", "iputils-ping", false),
          new Tool("curl", "curl", false),
          new Tool("dig", "bind9-dnsutils", false),
          new Tool("tcpdump", "tcpdump", false),
          new Tool("iperf3", "iperf3", false));

  private static final List<String> DIRECTORIES =
      List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin");

  private Tools() {}

  /** Those that this machine does not have. */
  public static List<Tool> missing() {
    return ALL.stream().filter(tool -> !has(tool.command())).toList();
  }

  /** True if {@code command} is on the PATH, or where only root has it on the PATH. */
  public static boolean has(String command) {
    Set<String> directories = new LinkedHashSet<>(DIRECTORIES);
    directories.addAll(
        List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)));
    return directories.stream()
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }

  /**
   * Root on a machine with apt-get gets what is missing; others are told.
   *
   * @throws ForbiddenException if something required stays missing
   */
  public static void provide(PrintStream out, boolean root) throws IOException {
    List<Tool> missing = missing();
    if (missing.isEmpty()) {
      return;
    }
    if (root && has("apt-get")) {
      install(out, missing);
      missing = missing();
    }
    List<Tool> required = missing.stream().filter(Tool::required).toList();
    if (!required.isEmpty()) {
      throw new ForbiddenException(
          "the lab needs %s: run sudo apt-get install %s"
              .formatted(
                  required.stream().map(Tool::command).collect(Collectors.joining(", ")),
                  packages(missing)));
    }
    if (!missing.isEmpty()) {
      out.printf(
          "Without %s some things will not be shown (sudo apt-get install %s).%n",
          missing.stream().map(Tool::command).collect(Collectors.joining(", ")), packages(missing));
    }
  }

  private static void install(PrintStream out, List<Tool> missing) throws IOException {
    out.printf("Installing what the lab uses and this machine lacks: %s%n", packages(missing));
    out.flush();
    if (!apt(List.of("update"))) {
      return; // the message about what is required follows
    }
    List<String> install = new ArrayList<>(List.of("install", "-y", "--no-install-recommends"));
    install.addAll(List.of(packages(missing).split(" ", -1)));
    apt(install);
  }

  private static boolean apt(List<String> arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of("apt-get", "-q"));
    line.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    try {
      return builder.start().waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while apt-get ran", e);
    }
  }

  private static String packages(List<Tool> tools) {
    return tools.stream().map(Tool::debianPackage).distinct().collect(Collectors.joining(" "));
  }
}
