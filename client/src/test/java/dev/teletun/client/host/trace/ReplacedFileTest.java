package dev.teletun.client.host.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacedFileTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final String ORIGINAL =
      "# by hand\nnameserver 192.0.2.1\nsearch home.example\nnameserver\t192.0.2.2 # second\nnameserver rubbish\noptions ndots:2\n";

  @TempDir Path directory;
  private Path file;
  private ReplacedFile replaced;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("resolv.conf");
    Files.writeString(file, ORIGINAL);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    replaced = new ReplacedFile(file, "tel0");
  }

  @Test
  void standsForEachNameServerAndLeavesTheRest() {
    assertThat(ours(ORIGINAL).lines().skip(2))
        .containsExactly(
            "# by hand",
            "nameserver 127.116.0.1",
            "search home.example",
            "nameserver 127.116.0.2",
            "nameserver rubbish",
            "options ndots:2");
    assertThat(ours("").lines().skip(2)).startsWith("nameserver 127.116.0.1");
  }

  @Test
  void putsBackTheVeryFile() throws IOException {
    Object inode = inode(file);

    replaced.put(ours(ORIGINAL));

    assertThat(replaced.isThere()).isTrue();
    assertThat(replaced.kept()).hasContent(ORIGINAL);
    assertThat(replaced.undo()).hasValueSatisfying(said -> assertThat(said).contains("as it was"));
    assertThat(inode(file)).isEqualTo(inode);
    assertThat(file).hasContent(ORIGINAL);
    assertThat(names()).containsExactly("resolv.conf");
    assertThat(replaced.undo()).isEmpty();
  }

  @Test
  void putsBackALinkAlsoOneThatLeadsNowhere() throws IOException {
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("../nowhere/resolv.conf"));

    replaced.put(ours(""));
    assertThat(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).isTrue();
    replaced.undo();

    assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("../nowhere/resolv.conf"));
    assertThat(names()).containsExactly("resolv.conf");
  }

  @Test
  void removesOursWhereThereWasNone() throws IOException {
    Files.delete(file);

    replaced.put(ours(""));
    assertThat(replaced.isThere()).isTrue();
    replaced.undo();

    assertThat(names()).isEmpty();
  }

  @Test
  void anotherOfOursTakesTheFirstOnesPlaceOnly() throws IOException {
    replaced.put(ours(ORIGINAL));

    replaced.put(ours("nameserver 192.0.2.9\n"));

    assertThat(replaced.kept()).hasContent(ORIGINAL);
    replaced.undo();
    assertThat(file).hasContent(ORIGINAL);
  }

  @Test
  void whatOthersWriteMeanwhileIsTheOriginalThen() throws IOException {
    replaced.put(ours(ORIGINAL));
    Path theirs = Files.writeString(directory.resolve("theirs"), "nameserver 192.0.2.7\n");
    Files.move(theirs, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(replaced.isThere()).isFalse();

    replaced.put(ours("nameserver 192.0.2.7\n"));
    assertThat(replaced.kept()).hasContent("nameserver 192.0.2.7\n");
    replaced.undo();

    assertThat(file).hasContent("nameserver 192.0.2.7\n");
    assertThat(names()).containsExactly("resolv.conf");
  }

  @Test
  void leavesWhatOthersWroteWhenItEnds() throws IOException {
    replaced.put(ours(ORIGINAL));
    Path theirs = Files.writeString(directory.resolve("theirs"), "nameserver 192.0.2.7\n");
    Files.move(theirs, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    replaced.undo();

    assertThat(file).hasContent("nameserver 192.0.2.7\n");
    assertThat(names()).containsExactly("resolv.conf");
  }

  @Test
  void keepsAnEditOfOursAndTakesOurLinesOut() throws IOException {
    Object owner = Files.getPosixFilePermissions(file);
    replaced.put(ours(ORIGINAL));
    Files.writeString(file, Files.readString(file).replace("ndots:2", "ndots:3"));

    replaced.undo();

    assertThat(file).hasContent(ORIGINAL.replace("ndots:2", "ndots:3"));
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(owner);
    assertThat(names()).containsExactly("resolv.conf");
  }

  @Test
  void keepsAnEditAlsoWhenItWritesAnotherOfItsOwn() throws IOException {
    replaced.put(ours(ORIGINAL));
    Files.writeString(file, Files.readString(file) + "options timeout:1\n");

    replaced.put(ours(ORIGINAL + "options rotate\n"));
    replaced.undo();

    assertThat(file).hasContent(ORIGINAL + "options timeout:1\n");
  }

  /** Whatever a kill leaves: see the table of ReplacedFile. */
  @Test
  void undoesEachHalfWay() throws IOException {
    Path fresh = directory.resolve("resolv.conf.teletun-tel0.new");
    Files.writeString(fresh, ours(ORIGINAL)); // about to trade
    replaced.undo();
    assertThat(file).hasContent(ORIGINAL);

    Files.move(file, fresh); // about to be kept
    Files.writeString(file, ours(ORIGINAL));
    replaced.undo();
    assertThat(file).hasContent(ORIGINAL);

    replaced.put(ours(ORIGINAL)); // theirs is about to be kept
    Files.writeString(fresh, "nameserver 192.0.2.7\n");
    replaced.undo();
    assertThat(file).hasContent("nameserver 192.0.2.7\n");

    replaced.put(ours("nameserver 192.0.2.7\n")); // somebody removed ours
    Files.delete(file);
    replaced.undo();
    assertThat(file).hasContent("nameserver 192.0.2.7\n");
    assertThat(names()).containsExactly("resolv.conf");
  }

  @Test
  void twoClientsEndInEitherOrder() throws IOException {
    ReplacedFile second = new ReplacedFile(file, "tel1");
    replaced.put(ours(ORIGINAL));
    second.put(text("tel1", Files.readString(file)));

    replaced.undo();
    assertThat(second.kept()).hasContent(ORIGINAL);
    assertThat(second.isThere()).isTrue();
    second.undo();

    assertThat(file).hasContent(ORIGINAL);
    assertThat(names()).containsExactly("resolv.conf");
  }

  @Test
  void findsWhatIsLeftWithoutAJournal() throws IOException {
    assertThat(ReplacedFile.left(file, Set.of())).isEmpty();
    replaced.put(ours(ORIGINAL));
    Files.writeString(directory.resolve("resolv.conf.teletun-tel12.new"), "");

    assertThat(ReplacedFile.left(file, Set.of()))
        .containsExactlyInAnyOrder(replaced, new ReplacedFile(file, "tel12"));
    assertThat(ReplacedFile.left(file, Set.of("tel0", "tel12"))).isEmpty();
  }

  /** As root, and on a file system that keeps labels: SELinux itself need not be there. */
  @Test
  void bearsTheLabelOfTheOriginal() throws Exception {
    assumeTrue(
        python("os.setxattr(f, 'security.selinux', b'net_conf_t')") == 0,
        "NOT SHOWN: only root may give a file a label here. Run as root");

    replaced.put(ours(ORIGINAL));

    assertThat(python("assert os.getxattr(f, 'security.selinux') == b'net_conf_t'")).isZero();
  }

  private int python(String line) throws Exception {
    String script = "import os, sys; f = sys.argv[1]; " + line;
    return new ProcessBuilder("python3", "-c", script, file.toString())
        .inheritIO()
        .start()
        .waitFor();
  }

  /**
   * {@code -Dteletun.reads=1000000} reads as often, during a thousandth as many cycles at least.
   */
  @Test
  void nobodyEverReadsAPart() throws Exception {
    long most = Long.getLong("teletun.reads", 50_000);
    AtomicBoolean end = new AtomicBoolean();
    List<String> odd = new ArrayList<>();
    String ours = ours(ORIGINAL);
    AtomicLong reads = new AtomicLong();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              while (!end.get()) {
                reads.incrementAndGet();
                try {
                  String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                  if (!text.equals(ORIGINAL) && !text.equals(ours)) {
                    odd.add(text);
                  }
                } catch (IOException e) {
                  odd.add(e.toString());
                }
              }
            });

    long cycles = 0;
    while (cycles < most / 1_000 || reads.get() < most) {
      replaced.put(ours);
      replaced.undo();
      cycles++;
    }
    end.set(true);
    reader.join();
    System.out.printf("%d reads during %d cycles%n", reads.get(), cycles);

    assertThat(odd).isEmpty();
  }

  private static String ours(String original) {
    return text("tel0", original);
  }

  private static String text(String device, String original) {
    String stub = "127.116.%s.".formatted(device.substring(3));
    return OwnResolvConf.text(
        device,
        TOKEN,
        original,
        List.of(Addresses.parse(stub + 1), Addresses.parse(stub + 2)),
        "/kept");
  }

  private static Object inode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
