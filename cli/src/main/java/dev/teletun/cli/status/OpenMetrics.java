package dev.teletun.cli.status;

import dev.teletun.protocol.count.Count;
import java.util.List;

/** Counters in the text format of OpenMetrics 1.0. */
final class OpenMetrics {
  static final String CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private OpenMetrics() {}

  /** The counters of a family must follow one another. */
  static String text(List<Count> counts) {
    StringBuilder text = new StringBuilder();
    String family = "";
    for (Count c : counts) {
      if (!c.name().equals(family)) {
        family = c.name();
        text.append("# TYPE %s counter\n".formatted(family));
        text.append("# HELP %s %s\n".formatted(family, escaped(c.help())));
      }
      String labels =
          c.label().isEmpty() ? "" : "{%s=\"%s\"}".formatted(c.label(), escaped(c.value()));
      text.append("%s_total%s %d\n".formatted(family, labels, c.count()));
    }
    return text.append("# EOF\n").toString();
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
