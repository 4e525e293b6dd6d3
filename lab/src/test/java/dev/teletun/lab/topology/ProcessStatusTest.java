package dev.teletun.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ProcessStatusTest {
  @Test
  void readsWhatTheKernelSays() throws IOException {
    String status = "Name:\tjava\nVmRSS:\t  100000 kB\nRssAnon:\t   50000 kB\nThreads:\t7\n";

    assertThat(ProcessStatus.parse(status))
        .isEqualTo(new ProcessStatus(102_400_000, 51_200_000, 7));
  }

  @Test
  void looksAtThisProcess() throws IOException {
    ProcessStatus own = ProcessStatus.of(ProcessHandle.current().pid());

    assertThat(own.residentBytes()).isGreaterThan(own.anonymousBytes());
    assertThat(own.anonymousBytes()).isPositive();
    assertThat(own.threads()).isGreaterThan(1);
  }

  @Test
  void saysThatAProcessIsGoneOrGoing() {
    assertThatThrownBy(() -> ProcessStatus.of(Long.MAX_VALUE))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> ProcessStatus.parse("Name:\tjava\nThreads:\t1\n"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("VmRSS");
  }
}
