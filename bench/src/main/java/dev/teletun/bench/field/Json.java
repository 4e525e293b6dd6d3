package dev.teletun.bench.field;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as JSON (RFC 8259): maps, collections, numbers, and all else as text. */
public final class Json {
  private Json() {}

  /** Names and values in turns, in this order. */
  public static Map<String, Object> members(Object... namesAndValues) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
    }
    return members;
  }

  /** The text, with a line feed at its end. */
  public static String of(Map<String, Object> members) {
    return value(members) + "\n";
  }

  private static String value(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> quoted(e.getKey().toString()) + ": " + value(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case Collection<?> all ->
          all.stream().map(Json::value).collect(Collectors.joining(", ", "[", "]"));
      case Double number ->
          Double.isFinite(number) ? String.format(Locale.ROOT, "%.3f", number) : "null";
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      default -> quoted(value.toString());
    };
  }

  /** A text as JSON has it. */
  public static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
