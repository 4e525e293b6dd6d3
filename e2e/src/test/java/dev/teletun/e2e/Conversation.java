package dev.teletun.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.DualStack;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.RunningProgram;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** One TCP connection that stays open: the pod answers each line with the same line. */
final class Conversation implements Closeable {
  private static final int BULK = 300_000;

  // A connection whose segments were lost waits twice as long each time (RFC 6298 §5.5).
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final CloseStack owned;
  private final Path questions;
  private final Path answers;
  private final RunningProgram asking;
  private int said;

  private Conversation(CloseStack owned, Path questions, Path answers, RunningProgram asking) {
    this.owned = owned;
    this.questions = questions;
    this.answers = answers;
    this.asking = asking;
  }

  /** Begins one from {@code from} to {@code at}, an address of {@code with}. */
  static Conversation begin(Host from, Host with, DualStack at, int port) throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      onFailure.own(with.start("socat", "TCP-LISTEN:" + port + ",reuseaddr", "EXEC:cat"));
      Until.holds(() -> assertThat(with.listens(port)).isTrue());
      Path questions = Files.createTempFile(from.logs(), "questions", "");
      Path answers = Files.createTempFile(from.logs(), "answers", "");
      RunningProgram asking =
          onFailure.own(
              from.start(
                  "sh",
                  "-c",
                  "tail -f %s | socat - TCP:%s:%d >%s"
                      .formatted(questions, at.v4(), port, answers)));
      return new Conversation(onFailure.handOver(), questions, answers, asking);
    }
  }

  /** Says one line more, and waits until all lines so far have come back. */
  void exchange() throws IOException {
    said++;
    exchange("line %d\n".formatted(said));
  }

  /** Says one line more; {@link #exchange} waits for its answer, too. */
  void ask() throws IOException {
    said++;
    Files.writeString(questions, "line %d\n".formatted(said), StandardOpenOption.APPEND);
  }

  /** The same with much more than one packet holds. */
  void exchangeBulk() throws IOException {
    said++;
    exchange("%d".formatted(said).repeat(BULK) + "\n");
  }

  /** Waits until the connection has ended by itself, and returns what was said about it. */
  String awaitEnd() throws IOException {
    Files.writeString(questions, "is anybody there?\n", StandardOpenOption.APPEND);
    asking.awaitExit(Programs.LIMIT);
    return asking.output();
  }

  private void exchange(String text) throws IOException {
    Files.writeString(questions, text, StandardOpenOption.APPEND);
    String all = Files.readString(questions);
    Until.holds(
        PATIENCE,
        () ->
            assertThat(all.equals(Files.readString(answers)))
                .as(
                    "%d of %d bytes came back: %s",
                    Files.size(answers), all.length(), asking.output())
                .isTrue());
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
