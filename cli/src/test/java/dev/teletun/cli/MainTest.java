package dev.teletun.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.cli.screen.Screen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  static List<String> commands() {
    return List.copyOf(Main.commandLine().getSubcommands().keySet());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void teachesEachCommandByAnExampleAndTheExitCodes(String command) {
    int code = run(command, "-help");

    assertThat(code).isZero();
    assertThat(out())
        .contains("Usage: teletun " + command)
        .contains("Example")
        .containsPattern("Examples?:\n.*teletun " + command)
        .contains("Exit codes:")
        .contains("  2   the command line is wrong");
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void takesEachOptionWithOneDashAndWithTwo(String command) {
    CommandLine line = requireNonNull(Main.commandLine().getSubcommands().get(command));

    assertThat(line.getCommandSpec().options())
        .allSatisfy(option ->
            assertThat(List.of(option.names()))
                .contains("--" + option.longestName().substring(2))
                .contains("-" + option.longestName().substring(2)));
  }

  @Test
  void keepsHelpWithinItsWidth() {
    commands().forEach(c -> run(c, "--help"));

    assertThat(out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
  }

  @Test
  void saysWhichCommandsThereAreWhenNoneIsNamed() {
    assertThat(run()).isEqualTo(2);
    assertThat(err()).startsWith("teletun: missing command").contains("teletun --help");
  }

  @Test
  void suggestsTheCommandThatWasMeant() {
    assertThat(run("keygne")).isEqualTo(2);
    assertThat(err()).contains("unknown: keygne; did you mean").contains("keygen");
  }

  @Test
  void suggestsTheOptionThatWasMeant() {
    assertThat(run("keygen", "-direktory=x")).isEqualTo(2);
    assertThat(err()).contains("unknown: -direktory=x; did you mean -directory");
  }

  @Test
  void doesNotReadLettersOutOfAnOption() {
    assertThat(run("keygen", "-vh")).isEqualTo(2);
    assertThat(err()).contains("unknown: -vh");
  }

  @Test
  void makesKeysAndSaysWhoNeedsThem() {
    assertThat(run("keygen", "--directory", directory.resolve("keys").toString())).isZero();

    assertThat(directory.resolve("keys/server.key")).isRegularFile();
    assertThat(out()).contains("server-external needs").contains("client needs");
  }

  @Test
  void failsWithOneLineWhenKeysExist() throws IOException {
    Files.createFile(directory.resolve("client.pub"));

    assertThat(run("keygen", "-directory=" + directory)).isEqualTo(1);

    assertThat(err().lines()).singleElement().asString().startsWith("teletun keygen: ");
    assertThat(err()).contains("-force");
    assertThat(run("keygen", "-directory=" + directory, "-force")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void printsACompletionScriptWithBothFormsOfTheOptions(String shell) {
    assertThat(run("completion", shell)).isZero();
    assertThat(out()).startsWith("#!").contains("'-directory'").contains("'--directory'");
  }

  @Test
  void asksForTheShellOfACompletion() {
    assertThat(run("completion")).isEqualTo(2);
    assertThat(err()).contains("missing shell: write completion bash");
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("-version")).isZero();
    assertThat(out()).startsWith("teletun ").contains("Java 25");
  }

  private int run(String... args) {
    Screen screen =
        new Screen(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), false);
    return Main.run(screen, args);
  }

  private String out() {
    return out.toString(UTF_8);
  }

  private String err() {
    return err.toString(UTF_8);
  }
}
