package dev.teletun.cli;

import dev.teletun.cli.screen.Screen;
import dev.teletun.protocol.settings.Problems;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code teletun completion}. */
@Command(
    name = "completion",
    header = "Prints a script that teaches bash or zsh the commands and options.",
    customSynopsis = "teletun completion bash|zsh",
    description = {
      "",
      "The script completes the word teletun, so put this program on the PATH.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  source <(teletun completion bash)      in this shell; in ~/.bashrc for all",
      "  source <(teletun completion zsh)       in this shell; in ~/.zshrc for all",
    })
final class CompletionCommand implements Action {
  @Parameters(arity = "0..1", paramLabel = "bash|zsh", description = "Your shell.")
  @Nullable String shell;

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    if (shell == null || !(shell.equals("bash") || shell.equals("zsh"))) {
      problems.add(
          shell == null
              ? "missing shell: write completion bash, or completion zsh"
              : "completion %s: unknown; write completion bash, or completion zsh"
                  .formatted(shell));
    }
    problems.throwIfAny();
    // one script for both: in zsh it loads bashcompinit
    screen.text(AutoComplete.bash("teletun", Main.commandLine()));
    return 0;
  }
}
