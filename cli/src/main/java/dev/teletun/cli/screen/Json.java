package dev.teletun.cli.screen;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes JSON objects (RFC 8259) for programs that read our output. */
public final class Json {
  private Json() {}

  /**
   * One object on one line, its members in the order of the map.
   *
   * @param members numbers, lists and maps stay what they are, everything else becomes a string
   */
  public static String object(Map<String, ?> members) {
    return members.entrySet().stream()
        .map(m -> quote(m.getKey()) + ":" + value(m.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String value(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(m -> quote(m.getKey().toString()) + ":" + value(m.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
      case Number number -> number.toString();
      case List<?> list ->
          list.stream().map(Json::value).collect(Collectors.joining(",", "[", "]"));
      default -> quote(value.toString());
    };
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < 0x20) {
            quoted.append("\\u%04x".formatted((int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
