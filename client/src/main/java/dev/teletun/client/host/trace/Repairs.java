package dev.teletun.client.host.trace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What is repaired step by step: one that fails does not keep the others from being done. */
public final class Repairs {

  /** One of them. */
  public interface Step {

    /**
     * Does it.
     *
     * @return what was done, for people; empty if there was nothing to do
     */
    Optional<String> run() throws IOException;
  }

  private final Consumer<String> told;
  private final List<IOException> failures = new ArrayList<>();

  /** {@code told} hears of each as soon as it is done. */
  public Repairs(Consumer<String> told) {
    this.told = told;
  }

  /** True if it succeeded. */
  public boolean step(Step step) {
    try {
      step.run().ifPresent(told);
      return true;
    } catch (IOException e) {
      failures.add(e);
      return false;
    }
  }

  /** Throws one exception for all that failed, with what each said. */
  public void throwIfAnyFailed() throws IOException {
    if (failures.size() == 1) {
      throw failures.getFirst();
    }
    if (!failures.isEmpty()) {
      IOException all =
          new IOException(
              failures.stream()
                  .map(failure -> String.valueOf(failure.getMessage()))
                  .collect(Collectors.joining("; ")));
      failures.forEach(all::addSuppressed);
      throw all;
    }
  }
}
