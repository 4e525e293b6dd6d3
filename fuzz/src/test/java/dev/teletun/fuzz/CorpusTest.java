package dev.teletun.fuzz;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What was found once, and what leads deep into the code, holds in every build. */
class CorpusTest {
  private static final Path CORPUS = Path.of("corpus");
  private static final int CUTS = 8;

  @TestFactory
  Stream<DynamicTest> repeatsWhatIsKept() throws IOException {
    return sorted(CORPUS).stream()
        .map(directory ->
            DynamicTest.dynamicTest(directory.getFileName().toString(), () -> repeat(directory)));
  }

  private static void repeat(Path directory) throws Throwable {
    MethodHandle target = target(directory.getFileName().toString());
    target.invoke(new byte[0]);
    for (Path file : sorted(directory)) {
      byte[] input = Files.readAllBytes(file);
      for (int cut = 0; cut <= CUTS; cut++) { // and its beginnings
        try {
          target.invoke(Arrays.copyOf(input, input.length - input.length * cut / CUTS));
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("input %s, cut %d".formatted(file, cut), e);
        }
      }
    }
  }

  private static MethodHandle target(String name) throws ReflectiveOperationException {
    return MethodHandles.lookup()
        .findStatic(
            Class.forName("dev.teletun.fuzz." + name),
            "fuzzerTestOneInput",
            MethodType.methodType(void.class, byte[].class));
  }

  private static List<Path> sorted(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
