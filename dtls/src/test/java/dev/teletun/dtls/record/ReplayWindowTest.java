package dev.teletun.dtls.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
  private final ReplayWindow window = new ReplayWindow();

  @Test
  void knowsWhatItHasSeenAndWhatIsTooOld() {
    assertThat(window.isFresh(0)).isTrue();
    assertThat(window.remember(10_000)).isTrue();
    assertThat(window.isFresh(10_000)).isFalse();
    assertThat(window.isFresh(10_000 - ReplayWindow.WIDTH)).isFalse();
    assertThat(window.isFresh(10_001 - ReplayWindow.WIDTH)).isTrue();
    assertThat(window.remember(10_001 - ReplayWindow.WIDTH)).isFalse();
    assertThat(window.isFresh(10_001 - ReplayWindow.WIDTH)).isFalse();
    assertThat(window.isFresh((1L << 48) - 1)).isTrue();
  }

  @Test
  void agreesWithASetOverRandomOrdersAndJumps() {
    for (int seed = 0; seed < 20; seed++) {
      ReplayWindow window = new ReplayWindow();
      Random random = new Random(seed);
      Set<Long> seen = new HashSet<>();
      long newest = -1;
      long near = 0;
      for (int i = 0; i < 20_000; i++) {
        near += random.nextInt(100) == 0 ? random.nextInt(3 * ReplayWindow.WIDTH) : 1;
        long number = Math.max(0, near - random.nextInt(ReplayWindow.WIDTH + 200));
        boolean fresh = !seen.contains(number) && number > newest - ReplayWindow.WIDTH;

        assertThat(window.isFresh(number)).as("seed %d, %d", seed, number).isEqualTo(fresh);

        if (fresh) {
          assertThat(window.remember(number)).isEqualTo(number > newest);
          seen.add(number);
          newest = Math.max(newest, number);
        }
      }
    }
  }
}
