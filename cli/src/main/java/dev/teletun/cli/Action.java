package dev.teletun.cli;

import dev.teletun.cli.screen.Screen;
import dev.teletun.protocol.settings.Problems;

/** What a command does once its line has been read. */
@FunctionalInterface
interface Action {

  /**
   * Checks the options, then does the work.
   *
   * @param problems holds what is wrong with the line so far; the command adds what it finds and
   *     must end with them before it touches anything
   * @return the exit code
   * @throws Exception what stopped it; the caller explains it to the user
   */
  int run(Problems problems, Screen screen) throws Exception;
}
