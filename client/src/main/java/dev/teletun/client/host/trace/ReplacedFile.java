package dev.teletun.client.host.trace;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.nio.file.attribute.PosixFilePermissions.fromString;

import dev.teletun.linux.file.Exchange;
import dev.teletun.linux.file.SecurityLabel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A resolv.conf in whose place one of ours is. The original itself, be it a file or a link, is kept
 * beside it, and trades places with ours at one moment each time: nobody ever reads a part, and
 * everything about it is as before. What is where tells how far it got, whoever was killed when:
 *
 * <pre>
 *   FILE      FILE.teletun-tel0.new   FILE.teletun-tel0
 *   original  -                       -                   before, and after
 *   original  ours                    -                   about to trade
 *   ours      original                -                   about to be kept
 *   ours      -                       original            connected
 *   theirs    ours                    original            somebody wrote a new one, about to trade
 *   ours      theirs                  original            theirs is about to be kept
 * </pre>
 *
 * @param file such as {@code /etc/resolv.conf}
 * @param device of the client
 */
public record ReplacedFile(Path file, String device) implements ResolvConfTrace {
  static final String KIND = "replaced resolv.conf";

  private static final String INFIX = ".teletun-";
  private static final String UNFINISHED = ".new";
  private static final int LARGEST = 64 * 1024;

  static ReplacedFile of(Map<String, String> facts) throws IOException {
    return new ReplacedFile(
        Path.of(Facts.required(facts, "file")), Facts.required(facts, "device"));
  }

  /** Those whose clients' devices are not {@code living}, where no journal tells of them. */
  public static List<ReplacedFile> left(Path file, Iterable<String> living) throws IOException {
    String prefix = file.getFileName() + INFIX;
    List<String> devices = new ArrayList<>();
    try (Stream<Path> beside = Files.list(file.resolveSibling("."))) {
      beside
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .map(name -> name.substring(prefix.length()).replaceFirst("\\..*", ""))
          .distinct()
          .forEach(devices::add);
    }
    own(file).map(OwnResolvConf::device).filter(d -> !devices.contains(d)).ifPresent(devices::add);
    living.forEach(devices::remove);
    return devices.stream().map(device -> new ReplacedFile(file, device)).toList();
  }

  @Override
  public Map<String, String> facts() {
    return Map.of("kind", KIND, "file", file.toString(), "device", device);
  }

  /** Where the original is meanwhile; may be a link, or missing, if there was no original. */
  public Path kept() {
    return file.resolveSibling(file.getFileName() + INFIX + device);
  }

  private Path fresh() {
    return file.resolveSibling(kept().getFileName() + UNFINISHED);
  }

  /** What it takes the place of is kept from now on, unless that is ours. */
  @Override
  public void put(String text) throws IOException {
    settle();
    write(fresh(), text);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(fresh(), file, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    try {
      SecurityLabel.copy(file, fresh());
      Exchange.of(fresh(), file);
    } catch (IOException e) {
      Files.delete(fresh());
      throw e;
    }
    settle();
  }

  @Override
  public boolean isThere() throws IOException {
    return isOurs(file);
  }

  /** Once the two have traded places, what came out is the original. */
  private void settle() throws IOException {
    Path fresh = fresh();
    if (Files.exists(fresh, LinkOption.NOFOLLOW_LINKS)) {
      Optional<OwnResolvConf> ours = own(fresh).filter(own -> own.device().equals(device));
      if (ours.isPresent() && ours.get().untouched()) {
        Files.delete(fresh);
      } else if (ours.isPresent()) { // somebody edited it: that is the original now
        disown(fresh, ours.get());
      } else {
        Files.move(fresh, kept(), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  static void write(Path fresh, String text) throws IOException {
    Files.deleteIfExists(fresh);
    try (FileChannel channel = FileChannel.open(fresh, CREATE_NEW, WRITE)) {
      Files.setPosixFilePermissions(fresh, fromString("rw-r--r--")); // whatever the umask is
      ByteBuffer bytes = StandardCharsets.ISO_8859_1.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  @Override
  public Optional<String> undo() throws IOException {
    settle();
    Path kept = kept();
    Optional<Path> ours = ours();
    if (ours.isPresent()) {
      putBack(ours.get(), kept);
      return Optional.of("put %s back as it was".formatted(file));
    }
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(kept, file, StandardCopyOption.ATOMIC_MOVE);
      return Optional.of("put %s back, which somebody had removed".formatted(file));
    }
    return Files.deleteIfExists(kept)
        ? Optional.of("left %s as somebody else has written it".formatted(file))
        : Optional.empty();
  }

  private void putBack(Path ours, Path kept) throws IOException {
    boolean there = Files.exists(kept, LinkOption.NOFOLLOW_LINKS);
    OwnResolvConf own = OwnResolvConf.parse(read(ours)).orElseThrow();
    if (own.untouched()) {
      if (there) {
        Files.move(kept, ours, StandardCopyOption.ATOMIC_MOVE);
      } else {
        Files.delete(ours);
      }
      return;
    }
    disown(ours, own);
    Files.move(kept, ours, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Makes what is kept what somebody made of ours, without anything of ours. */
  private void disown(Path ours, OwnResolvConf own) throws IOException {
    Path kept = kept();
    String original = Files.exists(kept) ? read(kept) : "";
    Path merged = file.resolveSibling(kept.getFileName() + ".edited");
    write(merged, own.without(read(ours), original));
    if (Files.isRegularFile(kept, LinkOption.NOFOLLOW_LINKS)) {
      likeness(kept, merged);
    }
    Files.move(merged, kept, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(fresh());
  }

  static void likeness(Path of, Path on) throws IOException {
    PosixFileAttributes as =
        Files.readAttributes(of, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributeView view = Files.getFileAttributeView(on, PosixFileAttributeView.class);
    view.setOwner(as.owner());
    view.setGroup(as.group());
    view.setPermissions(as.permissions());
    SecurityLabel.copy(of, on);
  }

  /** In the file's place, or kept by a client that came later and took ours for the original. */
  private Optional<Path> ours() throws IOException {
    if (isOurs(file)) {
      return Optional.of(file);
    }
    String prefix = file.getFileName() + INFIX;
    try (Stream<Path> beside = Files.list(file.resolveSibling("."))) {
      for (Path path : beside.map(p -> file.resolveSibling(p.getFileName())).toList()) {
        if (path.getFileName().toString().startsWith(prefix) && isOurs(path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  private boolean isOurs(Path path) throws IOException {
    return own(path).filter(own -> own.device().equals(device)).isPresent();
  }

  private static Optional<OwnResolvConf> own(Path path) throws IOException {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        ? OwnResolvConf.parse(read(path))
        : Optional.empty();
  }

  private static String read(Path path) throws IOException {
    try {
      return Files.size(path) > LARGEST ? "" : Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      return "";
    }
  }
}
