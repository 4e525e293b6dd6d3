package dev.teletun.cli;

import java.util.Arrays;

/**
 * {@link Main} for a file whose first line names our JVM: the kernel puts that file's name before
 * the arguments. So an image without a shell has a command {@code teletun}.
 */
public final class Script {
  private Script() {}

  /** The first argument is the file. */
  public static void main(String[] args) {
    Main.main(Arrays.copyOfRange(args, 1, args.length));
  }
}
