package dev.teletun.e2e;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.teletun.lab.topology.Host;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Programs that resolve names, each in its own way. All take words {@code TYPE:NAME} and print each
 * with what they found.
 */
enum LookupProgram {
  /** Asks the first name server itself. */
  DIG(true),
  /** By glibc. */
  GETENT(false),
  /** By glibc, and by the JDK's DNS client. */
  JAVA(true),
  /** By Go's own resolver, without libc. */
  GO(true),
  /** By musl, which asks all name servers at once. */
  MUSL(false);

  private static final Path BUILT = Path.of("target/lookup").toAbsolutePath();
  private static final int LONGEST_MINUTES =
      10; // CoreDNS has hundreds of modules, which may have to be fetched

  private final boolean recordsToo;

  LookupProgram(boolean recordsToo) {
    this.recordsToo = recordsToo;
  }

  /** True if it can ask this; {@code TYPE:NAME}. */
  boolean asks(String word) {
    return recordsToo || word.startsWith("host:") || word.startsWith("ptr:");
  }

  /** Runs it; a line for each word. Skips the test, loudly, where it cannot be built. */
  List<String> run(Host host, List<String> words) throws IOException {
    List<String> line = new ArrayList<>(command());
    line.addAll(words);
    return host.run(line.toArray(String[]::new)).orThrow().lines().map(String::strip).toList();
  }

  private List<String> command() throws IOException {
    return switch (this) {
      case DIG -> List.of("sh", resource("lookup.sh").toString(), "dig");
      case GETENT -> List.of("sh", resource("lookup.sh").toString(), "getent");
      case JAVA ->
          List.of(
              Path.of(System.getProperty("java.home"), "bin/java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              NameLookup.class.getName());
      case GO ->
          List.of(
              build("lookup-go", "lookup.go", "CGO_ENABLED=0 go build -o \"$1\" \"$2\"")
                  .toString());
      case MUSL ->
          List.of(
              build("lookup-musl", "lookup.c", "musl-gcc -O1 -static -o \"$1\" \"$2\"").toString());
    };
  }

  private static Path build(String name, String source, String how) throws IOException {
    Path program = BUILT.resolve(name);
    if (!shell(how, program.toString(), resource(source).toString())) {
      String why =
          "NOT SHOWN: cannot build %s: apt-get install golang-go musl-tools".formatted(name);
      System.err.println(why); // Maven does not show the message
      abort(why);
    }
    return program;
  }

  /** A file that lies beside the tests, as a file that programs can read. */
  static Path resource(String name) throws IOException {
    Files.createDirectories(BUILT);
    try (InputStream text = LookupProgram.class.getResourceAsStream("names/" + name)) {
      if (text == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      return Files.write(BUILT.resolve(name), text.readAllBytes());
    }
  }

  /** Runs a line of sh(1) here, not in a lab; true if it went well. */
  static boolean shell(String line, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "PATH=$PATH:/usr/local/go/bin; " + line, "sh"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(BUILT.resolve("build.log").toFile())
            .start();
    try {
      return process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
