package dev.teletun.client.host.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracesTest {
  private static final String TOKEN = "0123456789abcdef";

  @TempDir Path directory;
  private StateDirectory state;
  private ReplacedFile trace;

  @BeforeEach
  void prepare() {
    state = new StateDirectory(directory.resolve("state"));
    trace = new ReplacedFile(directory.resolve("resolv.conf"), "tel0");
  }

  @Test
  void writesDownWhatItIsAboutToChange() throws IOException {
    try (Journal journal = Journal.begin(state, TOKEN)) {
      journal.intend(trace);

      Path file = state.path().resolve(TOKEN).resolve("001.trace");
      assertThat(file).content().contains("tel0", "replaced");
      assertThat(Files.getPosixFilePermissions(state.path()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      journal.forget(trace);
    }
    assertThat(state.path()).doesNotExist();
  }

  @Test
  void leavesAJournalOfThisProcessAlone() throws IOException {
    try (Journal journal = Journal.begin(state, TOKEN)) {
      journal.intend(trace);

      assertThat(undoAbandoned()).isEmpty();
      assertThat(journal.traces()).containsExactly(trace);
      journal.forget(trace);
    }
  }

  @Test
  void undoesWhatAnAbandonedJournalTellsOf() throws IOException {
    Path journal = abandoned();
    Files.writeString(
        trace.kept(), "nameserver 192.0.2.1\n"); // theirs is there: only this is left of us

    assertThat(undoAbandoned()).singleElement().asString().contains("left");

    assertThat(trace.kept()).doesNotExist();
    assertThat(journal).doesNotExist();
    assertThat(state.path()).doesNotExist();
    assertThat(undoAbandoned()).isEmpty();
  }

  @Test
  void leavesAJournalWhoseClientLivesElsewhere() throws Exception {
    Path journal = abandoned();
    Process holder =
        new ProcessBuilder(
                List.of(
                    "/usr/bin/python3",
                    "-c",
                    "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()",
                    journal.resolve("lock").toString()))
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("held");

      assertThat(undoAbandoned()).isEmpty();
      assertThat(journal).exists();
    } finally {
      holder.destroy();
      assertThat(holder.waitFor()).isNotNegative();
    }
    undoAbandoned();
    assertThat(journal).doesNotExist();
  }

  @Test
  void refusesAStateDirectoryThatOthersCanWriteTo() throws IOException {
    Files.createDirectory(state.path());
    Files.setPosixFilePermissions(state.path(), PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatIOException()
        .isThrownBy(() -> Journal.begin(state, TOKEN).close())
        .withMessageContaining("only this user can write to");
    assertThatIOException().isThrownBy(() -> undoAbandoned());
  }

  @Test
  void refusesAStateDirectoryThatIsALink() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.createSymbolicLink(state.path(), elsewhere);

    assertThatIOException()
        .isThrownBy(() -> Journal.begin(state, TOKEN).close())
        .withMessageContaining("only this user can write to");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void doesNotKnowWhatANewerVersionWroteDown() throws IOException {
    Path journal = abandoned();
    Files.writeString(journal.resolve("001.trace"), "kind=something new\n");

    assertThatIOException()
        .isThrownBy(() -> undoAbandoned())
        .withMessageContaining("something new");
    assertThat(journal).exists();
  }

  @Test
  void undoesTheRestOfAJournalOfWhichAPartIsDamaged() throws IOException {
    Path journal = abandoned();
    Path damaged = Files.createFile(journal.resolve("000.trace"));
    Files.writeString(trace.kept(), "nameserver 192.0.2.1\n");

    assertThatIOException()
        .isThrownBy(this::undoAbandoned)
        .withMessageContaining(damaged + " cannot be read");

    assertThat(trace.kept()).doesNotExist();
    assertThat(journal.resolve("001.trace")).doesNotExist();
    assertThat(damaged).exists();
    assertThat(Traces.living(state)).isEmpty();
  }

  private List<String> undoAbandoned() throws IOException {
    List<String> done = new ArrayList<>();
    Repairs repairs = new Repairs(done::add);
    Traces.undoAbandoned(state, repairs);
    repairs.throwIfAnyFailed();
    return done;
  }

  /** As a client leaves it that was killed. */
  private Path abandoned() throws IOException {
    Files.createDirectory(
        state.path(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path journal = Files.createDirectory(state.path().resolve(TOKEN));
    FileChannel.open(
            journal.resolve("lock"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
        .close();
    Files.writeString(
        journal.resolve("001.trace"),
        "kind=replaced resolv.conf\nfile=%s\ndevice=tel0\n".formatted(trace.file()));
    Files.writeString(journal.resolve("002.trace.new"), "half");
    Files.writeString(trace.file(), "nameserver 192.0.2.9\n");
    try (Stream<Path> files = Files.list(journal)) {
      assertThat(files).hasSize(3);
    }
    return journal;
  }
}
