package dev.teletun.protocol.count;

import dev.teletun.protocol.control.ControlException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How a report travels between two processes of one machine: a line for each fact and counter, with
 * tabs between fields, and a last line {@code end}. Lines of other kinds are a later version's.
 */
public final class ReportLines {
  /** Longer than any report of ours. */
  public static final int LONGEST = 1 << 18;

  private static final String FACT = "fact";
  private static final String COUNT = "count";
  private static final String END = "end";
  private static final int COUNT_FIELDS = 6;

  private ReportLines() {}

  /** As bytes. */
  public static byte[] encode(Report report) {
    StringBuilder text = new StringBuilder();
    for (Fact fact : report.facts()) {
      List<String> fields = new ArrayList<>(List.of(FACT, fact.name(), word(fact.kind())));
      fields.addAll(fact.values());
      line(text, fields);
    }
    for (Count c : report.counts()) {
      line(text, List.of(COUNT, c.name(), c.help(), c.label(), c.value(), "" + c.count()));
    }
    return text.append(END).append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String word(Fact.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static void line(StringBuilder text, List<String> fields) {
    text.append(String.join("\t", fields.stream().map(ReportLines::oneField).toList()))
        .append('\n');
  }

  private static String oneField(String value) {
    return value.replaceAll("[\\t\\r\\n]", " ");
  }

  /**
   * From bytes.
   *
   * @throws ControlException if they end early or are no report
   */
  public static Report decode(byte[] bytes) throws ControlException {
    List<String> lines = Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
    int end = lines.size() - 2;
    if (end < 0 || !lines.get(end).equals(END) || !lines.getLast().isEmpty()) {
      throw new ControlException("the report ends early, after %d bytes".formatted(bytes.length));
    }
    List<Fact> facts = new ArrayList<>();
    List<Count> counts = new ArrayList<>();
    for (String line : lines.subList(0, end)) {
      String[] fields = line.split("\t", -1);
      if (fields[0].equals(FACT)) {
        facts.add(fact(fields));
      } else if (fields[0].equals(COUNT)) {
        counts.add(count(fields));
      }
    }
    return new Report(facts, counts);
  }

  private static Fact fact(String[] fields) throws ControlException {
    if (fields.length < 3) {
      throw nonsense(fields);
    }
    List<String> values = List.of(fields).subList(3, fields.length);
    for (Fact.Kind kind : Fact.Kind.values()) {
      if (word(kind).equals(fields[2]) && (kind == Fact.Kind.LIST || values.size() == 1)) {
        if (kind == Fact.Kind.NUMBER) {
          long _ = number(fields, values.getFirst());
        }
        return new Fact(fields[1], kind, values);
      }
    }
    throw nonsense(fields);
  }

  private static Count count(String[] fields) throws ControlException {
    if (fields.length != COUNT_FIELDS) {
      throw nonsense(fields);
    }
    return new Count(fields[1], fields[2], fields[3], fields[4], number(fields, fields[5]));
  }

  private static long number(String[] fields, String value) throws ControlException {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException _) {
      throw nonsense(fields);
    }
  }

  private static ControlException nonsense(String[] fields) {
    return new ControlException(
        "the report has a line of %d fields that is neither a fact nor a counter"
            .formatted(fields.length));
  }
}
