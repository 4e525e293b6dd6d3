package dev.teletun.bench.profile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Where a JVM has put what it compiled, from a map as {@code jcmd Compiler.perfmap} writes it. */
final class CompiledMethods {
  private record Method(long end, String name) {}

  private final TreeMap<Long, Method> byStart = new TreeMap<>(Long::compareUnsigned);

  /**
   * Reads lines of start, size (both hexadecimal) and name.
   *
   * @throws NumberFormatException if one is not of that form
   */
  CompiledMethods(List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" ", 3);
      long start = hexadecimal(words[0]);
      byStart.put(start, new Method(start + hexadecimal(words[1]), words[2]));
    }
  }

  private static long hexadecimal(String word) {
    return Long.parseUnsignedLong(word.startsWith("0x") ? word.substring(2) : word, 16);
  }

  /** The method that holds this address. */
  Optional<String> at(long address) {
    Map.Entry<Long, Method> before = byStart.floorEntry(address);
    return before != null && Long.compareUnsigned(address, before.getValue().end()) < 0
        ? Optional.of(before.getValue().name())
        : Optional.empty();
  }
}
