package dev.teletun.linux.memory;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFilesTest {
  private static final long A_MEBIBYTE = 1 << 10; // in kB

  @Test
  void letsGoOfTheFilesPagesAndTheProcessLivesOn() throws Exception {
    long before = residentOfLibjvm();
    assertThat(before).isGreaterThan(A_MEBIBYTE);

    try (MappedFiles files = new MappedFiles()) {
      assertThat(files.release()).isPositive();

      assertThat(residentOfLibjvm()).isLessThan(before); // what runs is back at once
    }
    System.gc();
    assertThat(LongStream.range(0, 100_000).parallel().map(i -> i % 7).sum()).isEqualTo(299_995);
  }

  @Test
  void comesBackPageByPage(@TempDir Path directory) throws Exception {
    assumeThat(canEndFaultAround())
        .as("NOT SHOWN: the kernel is older than 6.7, or userfaultfd(2) is forbidden")
        .isTrue();
    Path file = directory.resolve("file");
    Files.write(file, new byte[8 << 20]);
    try (MappedFiles files = new MappedFiles();
        FileChannel channel = FileChannel.open(file, READ, WRITE)) {
      ByteBuffer mapping = channel.map(MapMode.READ_ONLY, 0, 8 << 20);
      touchEvery128KiB(mapping);
      assertThat(resident("/file")).isGreaterThan(A_MEBIBYTE); // all around them

      long _ = files.release();
      assertThat(resident("/file")).isZero();
      touchEvery128KiB(mapping);

      assertThat(resident("/file")).isEqualTo(64 * 4); // 64 pages
    }
  }

  private static boolean canEndFaultAround() {
    try (FaultAround faultAround = FaultAround.open()) {
      return faultAround.canEnd();
    }
  }

  private static void touchEvery128KiB(ByteBuffer mapping) {
    for (int at = 0; at < mapping.capacity(); at += 128 << 10) {
      assertThat(mapping.get(at)).isZero();
    }
  }

  private static long residentOfLibjvm() throws IOException {
    return resident("libjvm.so");
  }

  /** kB of what nobody can write to. */
  private static long resident(String file) throws IOException {
    long sum = 0;
    boolean counts = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.endsWith(file)) {
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
