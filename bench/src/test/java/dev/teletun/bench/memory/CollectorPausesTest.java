package dev.teletun.bench.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CollectorPausesTest {

  @Test
  void readsWhatAJvmLogs() {
    assertThat(
            CollectorPauses.millis(
                List.of(
                    "[0.005s] Using Serial",
                    "[1.264s] GC(3) Pause Young (Allocation Failure) 7M->1M(12M) 0.412ms",
                    "[2.500s] GC(4) Pause Full (System.gc()) 9M->8M(14M) 21.030ms")))
        .containsExactly(0.412, 21.030);
  }
}
