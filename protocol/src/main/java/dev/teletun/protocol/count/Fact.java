package dev.teletun.protocol.count;

import java.util.List;

/**
 * Something that is so now, such as an address.
 *
 * @param name in camel case
 */
public record Fact(String name, Kind kind, List<String> values) {
  /** How it is written for programs. */
  public enum Kind {
    /** One text. */
    TEXT,
    /** One integer. */
    NUMBER,
    /** Any number of texts. */
    LIST
  }

  /** A text. */
  public static Fact text(String name, String value) {
    return new Fact(name, Kind.TEXT, List.of(value));
  }

  /** An integer. */
  public static Fact number(String name, long value) {
    return new Fact(name, Kind.NUMBER, List.of(Long.toString(value)));
  }

  /** Several, in the order of their text. */
  public static Fact list(String name, List<?> values) {
    return new Fact(name, Kind.LIST, values.stream().map(String::valueOf).toList());
  }
}
