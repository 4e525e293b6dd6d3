package dev.teletun.client.host.trace;

import java.io.IOException;
import java.util.Map;

/** What a journal says of a trace. */
final class Facts {
  private Facts() {}

  static String required(Map<String, String> facts, String name) throws IOException {
    String value = facts.get(name);
    if (value == null) {
      throw new IOException("a trace without \"%s\": the journal is damaged".formatted(name));
    }
    return value;
  }
}
