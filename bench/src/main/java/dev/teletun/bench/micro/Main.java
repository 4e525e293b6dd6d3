package dev.teletun.bench.micro;

import dev.teletun.bench.field.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Arguments: seconds of measuring, forks, text or json, where the result goes, how many flags for
 * the JVMs that measure, these flags, then which benchmarks.
 */
public final class Main {
  private static final int BEFORE_FLAGS = 5;
  private static final String PACKAGE = "dev.teletun.bench.micro.";

  private Main() {}

  public static void main(String[] arguments) throws IOException, RunnerException {
    List<String> all = List.of(arguments);
    int seconds = Integer.parseInt(all.get(0));
    int forks = Integer.parseInt(all.get(1));
    boolean json = all.get(2).equals("json");
    Path file = Path.of(all.get(3));
    int flags = BEFORE_FLAGS + Integer.parseInt(all.get(4));

    String load = Files.readString(Path.of("/proc/loadavg")).strip();
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(forks)
            .warmupIterations(seconds)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(seconds)
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .jvmArgs(all.subList(BEFORE_FLAGS, flags).toArray(String[]::new));
    all.subList(flags, all.size()).forEach(which -> options.include(PACKAGE + ".*" + which));
    Collection<RunResult> results =
        new Runner(
                options.build(),
                OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL))
            .run();

    List<Line> lines = results.stream().map(Line::of).toList();
    String made =
        Json.of(Json.members("load", load, "benchmarks", lines.stream().map(Line::json).toList()));
    Files.writeString(file, made);
    System.out.print(json ? made : text(lines, load));
  }

  private static String text(List<Line> lines, String load) {
    StringBuilder text = new StringBuilder(Line.HEAD);
    lines.forEach(line -> text.append(line.text()));
    return text + "load average before: " + load + "\n";
  }

  /**
   * One benchmark with one choice of its parameters.
   *
   * @param packets that one operation handles
   * @param nanos of one of them
   * @param error half of the 99.9 % interval of {@code nanos}
   * @param bytes allocated for one of them
   */
  private record Line(String name, int packets, double nanos, double error, double bytes) {
    static final String HEAD =
        "%-52s %12s %10s %10s %8s %14s %12s%n"
            .formatted("benchmark", "ns/packet", "±", "B/packet", "packets", "ns/op", "B/op");

    static Line of(RunResult result) {
      BenchmarkParams params = result.getParams();
      List<String> name = new ArrayList<>();
      name.add(params.getBenchmark().substring(PACKAGE.length()));
      params.getParamsKeys().forEach(key -> name.add(key + "=" + params.getParam(key)));
      Result<?> time = result.getPrimaryResult();
      Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
      return new Line(
          String.join(" ", name),
          params.getOpsPerInvocation(),
          time.getScore(),
          time.getScoreError(),
          allocated == null ? Double.NaN : allocated.getScore());
    }

    Map<String, Object> json() {
      return Json.members(
          "benchmark", name,
          "packets", packets,
          "nanosPerPacket", nanos,
          "error", error,
          "bytesPerPacket", bytes);
    }

    String text() {
      return String.format(
          Locale.ROOT,
          "%-52s %12.1f %10.1f %10.1f %8d %14.1f %12.1f%n",
          name,
          nanos,
          error,
          bytes,
          packets,
          nanos * packets,
          bytes * packets);
    }
  }
}
