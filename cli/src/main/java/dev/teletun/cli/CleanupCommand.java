package dev.teletun.cli;

import dev.teletun.cli.screen.Screen;
import dev.teletun.client.host.cleanup.Cleanup;
import dev.teletun.protocol.settings.Problems;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teletun cleanup}. */
@Command(
    name = "cleanup",
    header = "Repairs what a client that was killed may have left on this machine.",
    customSynopsis = "teletun cleanup",
    description = {
      "",
      "Safe at any time: it touches nothing of a client that is alive and nothing of anybody else.",
      "Needs root, or CAP_NET_ADMIN.",
    },
    footer = {"", "Example:", "  sudo teletun cleanup"})
final class CleanupCommand implements Action {
  @Option(
      names = {"-keep-fence", "--keep-fence"},
      hidden = true,
      description = "Leave the unreachable routes of -fail-closed; for the guardian.")
  boolean keepFence;

  @Mixin final GlobalOptions global = new GlobalOptions();

  @Override
  public int run(Problems problems, Screen screen) throws Exception {
    problems.throwIfAny();
    AtomicInteger repaired = new AtomicInteger();
    Cleanup.run(
        keepFence,
        what -> {
          repaired.incrementAndGet();
          screen.result(what);
        });
    if (repaired.get() == 0) {
      screen.result("nothing to repair");
    }
    return 0;
  }
}
