package dev.teletun.linux.libc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MappedFilesTest {
  private static final long A_MEBIBYTE = 1 << 10; // in kB

  @Test
  void letsGoOfTheFilesPagesAndTheProcessLivesOn() throws Exception {
    long before = residentOfLibjvm();
    assertThat(before).isGreaterThan(A_MEBIBYTE);

    assertThat(MappedFiles.release()).isPositive();

    assertThat(residentOfLibjvm()).isLessThan(before); // what runs is back at once
    System.gc();
    assertThat(LongStream.range(0, 100_000).parallel().map(i -> i % 7).sum()).isEqualTo(299_995);
  }

  /** kB of what nobody can write to. */
  private static long residentOfLibjvm() throws IOException {
    long sum = 0;
    boolean counts = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.endsWith("libjvm.so")) {
        counts = line.contains(" r-");
      } else if (line.startsWith("VmFlags:")) {
        counts = false;
      } else if (counts && line.startsWith("Rss:")) {
        sum += Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return sum;
  }
}
