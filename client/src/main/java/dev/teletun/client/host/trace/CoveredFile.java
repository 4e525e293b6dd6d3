package dev.teletun.client.host.trace;

import dev.teletun.linux.file.BindMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * A resolv.conf over which one of ours is mounted, because it cannot be replaced: it is a mount
 * point itself, as in a container, or immutable, or on a file system that is read-only. It stays
 * beneath, untouched, and is back at the next boot in any case.
 *
 * @param file such as {@code /etc/resolv.conf}; not a link
 * @param device of the client
 */
public record CoveredFile(Path file, String device) implements ResolvConfTrace {
  static final String KIND = "covered resolv.conf";

  private static final Path DIRECTORY = Path.of("/run/teletun");
  private static final String NAME = "resolv.conf-";
  private static final int MOST_COVERS = 100;

  static CoveredFile of(Map<String, String> facts) throws IOException {
    return new CoveredFile(Path.of(Facts.required(facts, "file")), Facts.required(facts, "device"));
  }

  /** What is mounted there by a client whose device is not {@code living}. */
  public static Optional<CoveredFile> left(Path file, Iterable<String> living) throws IOException {
    Optional<String> cover = Files.exists(file) ? BindMount.at(file) : Optional.empty();
    Optional<String> device = cover.flatMap(CoveredFile::device);
    for (String each : living) {
      device = device.filter(d -> !d.equals(each));
    }
    return device.isPresent()
        ? Optional.of(new CoveredFile(file.toRealPath(), device.get()))
        : Optional.empty();
  }

  private static Optional<String> device(String cover) {
    int name = cover.lastIndexOf("/" + NAME);
    return name < 0
        ? Optional.empty()
        : Optional.of(cover.substring(name + 1 + NAME.length()).replaceFirst("//deleted$", ""));
  }

  @Override
  public Map<String, String> facts() {
    return Map.of("kind", KIND, "file", file.toString(), "device", device);
  }

  /** Lays {@code text} over the file, and over what was laid there before. */
  @Override
  public void put(String text) throws IOException {
    Files.createDirectories(DIRECTORY);
    Path cover = cover();
    Path fresh = DIRECTORY.resolve(cover.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.writeString(fresh, text, StandardCharsets.ISO_8859_1);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(fresh, cover, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    BindMount.over(file, cover);
  }

  @Override
  public boolean isThere() throws IOException {
    return BindMount.at(file).flatMap(CoveredFile::device).filter(device::equals).isPresent();
  }

  private Path cover() {
    return DIRECTORY.resolve(NAME + device);
  }

  @Override
  public Optional<String> undo() throws IOException {
    boolean was = false;
    for (int i = 0; i < MOST_COVERS && Files.exists(file) && isThere(); i++) {
      BindMount.remove(file);
      was = true;
    }
    Files.deleteIfExists(cover());
    try {
      Files.deleteIfExists(DIRECTORY);
    } catch (DirectoryNotEmptyException | NoSuchFileException _) {
      // It has other things of ours in it.
    }
    return was ? Optional.of("uncovered %s, which is as it was".formatted(file)) : Optional.empty();
  }
}
