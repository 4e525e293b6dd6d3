package dev.teletun.cli.status;

import dev.teletun.linux.libc.Libc;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Report;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A program's report with its name, process and age before everything else. */
final class Introduced implements ReportSource {
  private final String program;
  private final ReportSource source;
  private final Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  Introduced(String program, ReportSource source) {
    this.program = program;
    this.source = source;
  }

  @Override
  public Report report() throws IOException {
    Report own = source.report();
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.text("program", program));
    facts.add(Fact.number("pid", ProcessHandle.current().pid()));
    facts.add(Fact.number("uid", Libc.geteuid()));
    facts.add(Fact.text("since", since.toString()));
    facts.addAll(own.facts());
    return new Report(facts, own.counts());
  }
}
