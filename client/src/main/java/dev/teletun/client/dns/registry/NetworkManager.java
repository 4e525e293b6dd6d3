package dev.teletun.client.dns.registry;

import dev.teletun.linux.process.HostCommand;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * NetworkManager with a file of ours that names the servers for all links (NetworkManager.conf(5),
 * section global-dns). Settings of the tunnel's own device would go with it, but with them
 * NetworkManager takes over the device, and removes the addresses and routes that it did not make.
 */
public final class NetworkManager implements NameRegistry {
  private static final String BUS = "org.freedesktop.NetworkManager";
  private static final String PATH = "/org/freedesktop/NetworkManager";
  private static final String DNS_PATH = PATH + "/DnsManager";
  private static final String DNS = BUS + ".DnsManager";
  private static final Path DIRECTORY = Path.of("/run/NetworkManager/conf.d");
  private static final Pattern FILE = Pattern.compile("zz-teletun-(tel\\d+)\\.conf");

  /** Flag of Reload that reads the files, and acts on what is new in them. */
  private static final String FILES = "1";

  private static final int PATIENCE_SECONDS = 5;

  private static final Pattern STRING = Pattern.compile("\"([^\"]*)\"");

  private String fingerprint = "";
  private long asked;

  @Override
  public String name() {
    return "NetworkManager";
  }

  /** How it resolves names: {@code default}, {@code dnsmasq}, {@code systemd-resolved} … */
  public String mode() throws IOException {
    return word("Mode");
  }

  /** How it writes resolv.conf: {@code symlink}, {@code file}, {@code resolvconf} … */
  public String writer() throws IOException {
    return word("RcManager");
  }

  /** True if a file already says what holds for all links, ours or the user's. */
  public boolean hasGlobalServers() throws IOException {
    return entries(configuration()).stream().anyMatch(entry -> !isOfLink(entry));
  }

  @Override
  public ResolverLines others(String device) throws IOException {
    return ofLinks(configuration());
  }

  /** What the links say, in NetworkManager's order of them. */
  static ResolverLines ofLinks(String configuration) {
    StringBuilder text = new StringBuilder();
    for (String entry : entries(configuration)) {
      if (isOfLink(entry)) {
        strings(entry, "nameservers")
            .forEach(server -> text.append("nameserver ").append(server).append('\n'));
        text.append("search ").append(String.join(" ", strings(entry, "domains"))).append('\n');
      }
    }
    return ResolverLines.parse(text.toString());
  }

  /** Asks at most every {@value #PATIENCE_SECONDS} s: for each a program runs. */
  @Override
  public String fingerprint() {
    long now = System.nanoTime();
    if (fingerprint.isEmpty() || now - asked > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
      asked = now;
      try {
        fingerprint = configuration();
      } catch (IOException e) {
        fingerprint = String.valueOf(e.getMessage());
      }
    }
    return fingerprint;
  }

  @Override
  public void put(String device, List<InetAddress> stubs, ResolverLines others) throws IOException {
    String text =
        "# by teletun for %s, until it ends\n[global-dns]\nsearches=%s\noptions=%s\n[global-dns-domain-*]\nservers=%s\n"
            .formatted(
                device,
                String.join(",", others.search()),
                String.join(",", others.options()),
                stubs.stream().map(Addresses::text).collect(Collectors.joining(",")));
    Files.createDirectories(DIRECTORY);
    Path fresh = Files.createTempFile(DIRECTORY, "teletun-", ".new"); // read: only *.conf
    try {
      Files.writeString(fresh, text, StandardCharsets.ISO_8859_1);
      Files.move(fresh, file(device), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
    reload();
  }

  @Override
  public void remove(String device) throws IOException {
    boolean wasThere = Files.deleteIfExists(file(device));
    try {
      Files.deleteIfExists(DIRECTORY);
    } catch (DirectoryNotEmptyException _) {
      // Others have files there.
    }
    if (wasThere || names(device)) {
      reload();
    }
  }

  /**
   * Whether it sends names to that client's stub, with or without the file: whoever removed that
   * may have been killed before it was told. False where no NetworkManager runs, which reads the
   * files when it starts.
   */
  public static boolean names(String device) {
    try {
      return entries(configuration()).stream()
          .filter(entry -> !isOfLink(entry))
          .flatMap(entry -> strings(entry, "nameservers").stream())
          .anyMatch(server -> StubAddress.isOf(device, server));
    } catch (IOException _) {
      return false;
    }
  }

  /** The devices for which there is a file of ours, whoever made it. */
  public static List<String> devices() throws IOException {
    if (!Files.isDirectory(DIRECTORY)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .map(file -> FILE.matcher(String.valueOf(file.getFileName())))
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1))
          .toList();
    }
  }

  private static Path file(String device) {
    return DIRECTORY.resolve("zz-teletun-" + device + ".conf");
  }

  private static void reload() throws IOException {
    HostCommand.run(
        "", "busctl", "--system", "--timeout=5", "call", BUS, PATH, BUS, "Reload", "u", FILES);
  }

  private static String configuration() throws IOException {
    return property("Configuration");
  }

  private static String word(String name) throws IOException {
    List<String> strings = new ArrayList<>();
    Matcher matcher = STRING.matcher(property(name));
    while (matcher.find()) {
      strings.add(matcher.group(1));
    }
    return strings.isEmpty() ? "" : strings.getLast(); // {"type":"s","data":"default"}
  }

  private static String property(String name) throws IOException {
    return HostCommand.run(
        "",
        "busctl",
        "--system",
        "--timeout=5",
        "--json=short",
        "get-property",
        BUS,
        DNS_PATH,
        DNS,
        name);
  }

  /** One for each link or, without a link's name, for all. Names hold no braces. */
  private static List<String> entries(String configuration) {
    List<String> entries = new ArrayList<>();
    int depth = 0;
    int start = -1;
    for (int i = configuration.indexOf("\"data\":"); i >= 0 && i < configuration.length(); i++) {
      char c = configuration.charAt(i);
      if (c == '{' && ++depth == 1) {
        start = i;
      } else if (c == '}' && --depth == 0) {
        entries.add(configuration.substring(start, i + 1));
      }
    }
    return entries;
  }

  private static boolean isOfLink(String entry) {
    return entry.contains("\"interface\":{");
  }

  private static List<String> strings(String entry, String key) {
    Matcher list =
        Pattern.compile("\"" + key + "\":\\{\"type\":\"as\",\"data\":\\[([^]]*)]").matcher(entry);
    List<String> strings = new ArrayList<>();
    if (list.find()) {
      Matcher each = STRING.matcher(list.group(1));
      while (each.find()) {
        strings.add(each.group(1));
      }
    }
    return strings;
  }
}
