package dev.teletun.bench.profile;

/**
 * A function on a stack.
 *
 * @param function its name
 * @param object the file that it is in, as perf calls it
 */
record Frame(String function, String object) {
  /** Both, for what is known by one or the other. */
  String named() {
    return function + " " + object;
  }
}
