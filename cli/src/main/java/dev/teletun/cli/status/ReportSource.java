package dev.teletun.cli.status;

import dev.teletun.protocol.count.Report;
import java.io.IOException;

/** A running program that can say how it stands. */
@FunctionalInterface
public interface ReportSource {
  /** Any thread. */
  Report report() throws IOException;
}
