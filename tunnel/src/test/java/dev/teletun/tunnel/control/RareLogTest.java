package dev.teletun.tunnel.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RareLogTest {
  @Test
  void passesOnOneLineASecondAndSaysHowManyItKept() {
    List<String> lines = new ArrayList<>();
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    RareLog log = new RareLog(lines::add, nanos::get);

    for (int i = 0; i < 1000; i++) {
      log.accept("line " + i);
    }
    nanos.addAndGet(1_000_000_000);
    log.accept("last");

    assertThat(lines).containsExactly("line 0", "last (and 999 more like it before)");
  }
}
