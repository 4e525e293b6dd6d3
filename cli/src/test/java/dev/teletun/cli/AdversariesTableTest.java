package dev.teletun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/adversaries.md names tests that there are. */
class AdversariesTableTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern TEXT_BLOCK = Pattern.compile("\"\"\".*?\"\"\"", Pattern.DOTALL);
  private static final Pattern NAMED = Pattern.compile("\\b([A-Z]\\w+(?:Test|IT))\\.(\\w+)");

  @Test
  void everyLineNamesTestsThatThereAre() throws IOException {
    List<String> sources = sources();
    for (String line : lines()) {
      String tests = line.substring(line.lastIndexOf('|', line.length() - 2));
      assertThat(NAMED.matcher(tests).results()).as(line).isNotEmpty();
      NAMED
          .matcher(tests)
          .results()
          .forEach(named ->
              assertThat(sources.stream().anyMatch(s -> isIn(s, named.group(1), named.group(2))))
                  .as(named.group())
                  .isTrue());
    }
  }

  @Test
  void noLineIsMissing() throws IOException {
    List<String> expected = new ArrayList<>();
    for (int d = 1; d <= 16; d++) {
      expected.add("D" + d);
    }
    for (int e = 1; e <= 13; e++) {
      expected.add("E" + e);
    }
    for (int a = 1; a <= 15; a++) {
      expected.add("A" + a);
    }
    for (int c = 7; c <= 11; c++) {
      expected.add("C" + c);
    }
    for (int f = 1; f <= 11; f++) {
      expected.add("F" + f);
    }
    for (int rule = 1; rule <= 15; rule++) {
      expected.add("R" + rule);
    }
    for (int invariant = 1; invariant <= 10; invariant++) {
      expected.add("I" + invariant);
    }

    assertThat(lines().stream().map(line -> line.split("\\|", 3)[1].strip()))
        .containsExactlyElementsOf(expected);
  }

  private static List<String> lines() throws IOException {
    return Files.readAllLines(ROOT.resolve("docs/adversaries.md")).stream()
        .filter(line -> line.matches("\\| [AC-FIR]\\d.*"))
        .map(String::strip)
        .toList();
  }

  private static boolean isIn(String source, String className, String method) {
    return Pattern.compile("\\bclass " + className + "\\b").matcher(source).find()
        && Pattern.compile("(Test|Source)\\b[^;{}]*(\\{[^{}]*}[^;{}]*)?void " + method + "\\(")
            .matcher(source)
            .find();
  }

  private static List<String> sources() throws IOException {
    List<String> sources = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : (Iterable<Path>) files.filter(AdversariesTableTest::isTest)::iterator) {
        sources.add(TEXT_BLOCK.matcher(Files.readString(file)).replaceAll(""));
      }
    }
    return sources;
  }

  private static boolean isTest(Path file) {
    return file.toString().contains("/src/test/java/")
        && file.getFileName().toString().matches("\\w+(Test|IT)\\.java");
  }
}
