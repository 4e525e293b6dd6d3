package dev.teletun.lab.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassageTest {
  private static final int MANY = 20_000;

  @Test
  void doesTheSameAgainForTheSameSeed() {
    Impairment bad =
        Impairment.NONE
            .losing(0.2)
            .doubling(0.1)
            .damaging(0.1, 0.1)
            .reordering(0.1, Duration.ofMillis(5))
            .delaying(Duration.ofMillis(1), Duration.ofMillis(2));

    List<String> first = fates(new RandomPassage(bad, 7), 1000);

    assertThat(fates(new RandomPassage(bad, 7), 1000)).isEqualTo(first);
    assertThat(fates(new RandomPassage(bad, 8), 1000)).isNotEqualTo(first);
  }

  @Test
  void losesTheShareItIsTold() {
    List<String> out = fates(new RandomPassage(Impairment.NONE.losing(0.1), 1), MANY);

    assertThat(out.size()).isCloseTo(MANY * 9 / 10, within(MANY / 100));
  }

  @Test
  void doublesTheShareItIsTold() {
    List<String> out = fates(new RandomPassage(Impairment.NONE.doubling(0.1), 1), MANY);

    assertThat(out.size()).isCloseTo(MANY * 11 / 10, within(MANY / 100));
  }

  @Test
  void damagesTheShareItIsTold() {
    List<byte[]> out = new ArrayList<>();
    Passage passage = new RandomPassage(Impairment.NONE.damaging(0.1, 0), 1);
    byte[] sent = new byte[100];
    for (int i = 0; i < MANY; i++) {
      passage.carry(sent, (bytes, _) -> out.add(bytes));
    }

    long damaged = out.stream().filter(bytes -> !Arrays.equals(bytes, sent)).count();
    assertThat(damaged).isCloseTo(MANY / 10, within(MANY / 100L));
    assertThat(out).hasSize(MANY).allSatisfy(bytes -> assertThat(bytes).hasSize(100));
    assertThat(sent).containsOnly(0);
  }

  @Test
  void holdsTheShareItIsToldBack() {
    Passage passage = new RandomPassage(Impairment.NONE.reordering(0.1, Duration.ofMillis(5)), 1);

    long late = fates(passage, MANY).stream().filter(fate -> fate.contains("PT0.005S")).count();

    assertThat(late).isCloseTo(MANY / 10, within(MANY / 100L));
  }

  @Test
  void strikesExactlyOneDatagram() {
    assertThat(numbers(Passage.losing(1))).containsExactly(0, 2, 3);
    assertThat(numbers(Passage.doubling(1))).containsExactly(0, 1, 1, 2, 3);
    assertThat(numbers(Passage.overtaking(1))).containsExactly(0, 2, 1, 3);
    assertThat(numbers(Passage.CLEAR)).containsExactly(0, 1, 2, 3);
  }

  private static List<Integer> numbers(Passage passage) {
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      passage.carry(new byte[] {(byte) i}, (bytes, _) -> out.add((int) bytes[0]));
    }
    return out;
  }

  private static List<String> fates(Passage passage, int datagrams) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < datagrams; i++) {
      byte[] datagram = {(byte) (i >> 8), (byte) i, 3, 4};
      passage.carry(datagram, (bytes, later) -> out.add(Arrays.toString(bytes) + later));
    }
    return out;
  }
}
