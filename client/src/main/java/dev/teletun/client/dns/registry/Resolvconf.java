package dev.teletun.client.dns.registry;

import dev.teletun.linux.process.HostCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Stream;

/** openresolv, or Debian's resolvconf: records by name, which the program makes one file of. */
public final class Resolvconf implements NameRegistry {
  private static final String PROGRAM = "resolvconf";

  private static final Path STATE = Path.of("/run/resolvconf");

  /** Where the records are files; each kind has one of them (resolvconf(8)). */
  private static final List<Path> DIRECTORIES =
      List.of(STATE.resolve("interface"), STATE.resolve("interfaces"));

  /** Those, and where openresolv notes what it was told of a record. */
  private static final List<String> KEPT =
      List.of("interface", "interfaces", "metrics", "exclusive", "private", "deprecated");

  /** Both kinds print it before each record, if asked for all. */
  private static final String HEADING = "# resolv.conf from ";

  /** Debian's interface-order puts {@code tun*} before every network card. */
  private static final String BEFORE = "tun.";

  private static final String AFTER = ".teletun";

  private final ResolvconfKind kind;

  /**
   * A program that was found.
   *
   * @param kind not {@link ResolvconfKind#SYSTEMD}, which keeps no records
   */
  public Resolvconf(ResolvconfKind kind) {
    this.kind = kind;
  }

  @Override
  public String name() {
    return kind.toString();
  }

  @Override
  public ResolverLines others(String device) throws IOException {
    return without(HostCommand.run("", PROGRAM, "-l"), record(device));
  }

  /** What the list of all records says without the one called {@code ours}. */
  static ResolverLines without(String list, String ours) {
    StringJoiner kept = new StringJoiner("\n");
    boolean keep = true;
    for (String line : list.lines().toList()) {
      if (line.startsWith(HEADING)) {
        keep = !line.substring(HEADING.length()).strip().equals(ours);
      } else if (keep) {
        kept.add(line);
      }
    }
    return ResolverLines.parse(kept.toString());
  }

  @Override
  public String fingerprint() {
    TreeMap<String, String> seen = new TreeMap<>();
    for (Path directory : DIRECTORIES) {
      try (Stream<Path> records = Files.list(directory)) {
        for (Path file : records.toList()) {
          seen.put(file.toString(), Files.getLastModifiedTime(file).toString());
        }
      } catch (IOException _) {
        // The other kind's, or a record is being replaced: then the next look differs.
      }
    }
    return seen.toString();
  }

  @Override
  public void put(String device, List<InetAddress> stubs, ResolverLines others) throws IOException {
    List<String> line = new ArrayList<>(List.of(PROGRAM));
    if (kind == ResolvconfKind.OPENRESOLV) {
      line.addAll(List.of("-x", "-m", "0")); // the only one, and the first of those that say so
    }
    line.addAll(List.of("-a", record(device)));
    HostCommand.run(others.naming(stubs), line.toArray(String[]::new));
  }

  @Override
  public void remove(String device) throws IOException {
    if (kind == ResolvconfKind.OPENRESOLV) {
      HostCommand.run("", PROGRAM, "-f", "-d", record(device)); // -f: also if there is none
    } else {
      HostCommand.run("", PROGRAM, "-d", record(device));
    }
  }

  private static String record(String device) {
    return BEFORE + device + AFTER;
  }

  /**
   * Deletes the record, and what openresolv noted of it, where no program does: the one that kept
   * it is gone, or replaced by the other kind.
   *
   * @return false if there was none
   */
  public static boolean forget(String device) throws IOException {
    String record = record(device);
    boolean forgotten = false;
    for (String kept : KEPT) {
      for (Path file : in(STATE.resolve(kept))) {
        String name = String.valueOf(file.getFileName());
        if (name.equals(record) || name.endsWith(" " + record)) {
          forgotten |= Files.deleteIfExists(file);
        }
      }
    }
    return forgotten;
  }

  /** What all records say that are left, whichever kind kept them. */
  public static ResolverLines left() throws IOException {
    StringJoiner all = new StringJoiner("\n");
    for (Path directory : DIRECTORIES) {
      for (Path file : in(directory)) {
        all.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return ResolverLines.parse(all.toString());
  }

  private static List<Path> in(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The devices for which there is a record of ours, whoever made it. */
  public static List<String> devices() throws IOException {
    List<String> devices = new ArrayList<>();
    for (Path directory : DIRECTORIES) {
      for (Path file : in(directory)) {
        device(String.valueOf(file.getFileName())).ifPresent(devices::add);
      }
    }
    return devices;
  }

  private static Optional<String> device(String record) {
    return record.startsWith(BEFORE) && record.endsWith(AFTER)
        ? Optional.of(record.substring(BEFORE.length(), record.length() - AFTER.length()))
        : Optional.empty();
  }
}
