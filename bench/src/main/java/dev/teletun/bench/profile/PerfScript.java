package dev.teletun.bench.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads what {@code perf script -F comm,pid,ip,sym,dso} prints: a line for each sample, a line for
 * each function of its stack, an empty line.
 */
final class PerfScript {
  private static final Pattern HEAD = Pattern.compile("^(.*\\S)\\s+(\\d+)\\s*$");
  private static final Pattern FRAME = Pattern.compile("^\\s+([0-9a-f]+) (.*) \\((.*)\\)$");

  private final Map<Long, CompiledMethods> compiled;

  /** Methods of the JVMs with these process IDs are looked up in their own maps. */
  PerfScript(Map<Long, CompiledMethods> compiled) {
    this.compiled = compiled;
  }

  /** Passes each sample on that has a stack. */
  void read(Stream<String> lines, Consumer<Sample> to) {
    List<String> sample = new ArrayList<>();
    lines.forEach(line -> {
      if (!line.isBlank()) {
        sample.add(line);
        return;
      }
      pass(sample, to);
      sample.clear();
    });
    pass(sample, to);
  }

  private void pass(List<String> lines, Consumer<Sample> to) {
    if (lines.size() < 2) {
      return;
    }
    Matcher head = HEAD.matcher(lines.getFirst());
    if (head.find()) {
      long process = Long.parseLong(head.group(2));
      List<Frame> stack = lines.stream().skip(1).map(line -> frame(line, process)).toList();
      to.accept(new Sample(head.group(1).strip(), process, stack));
    }
  }

  private Frame frame(String line, long process) {
    Matcher frame = FRAME.matcher(line);
    if (!frame.find()) {
      return new Frame(line.strip(), "");
    }
    CompiledMethods methods = compiled.get(process);
    long address = Long.parseUnsignedLong(frame.group(1), 16);
    String known = methods == null ? frame.group(2) : methods.at(address).orElse(frame.group(2));
    return new Frame(known, frame.group(3));
  }
}
