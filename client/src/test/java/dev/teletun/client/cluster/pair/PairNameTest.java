package dev.teletun.client.cluster.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.teletun.client.cluster.access.InvokingUser;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"alice", "Alice.Müller@example.com", "CORP\\bob", "-", "", "ł"})
  void isAlwaysANameForKubernetes(String user) {
    assertThat(PairName.check(PairName.of(user(user)))).startsWith("teletun-");
  }

  @Test
  void isTheSameEachTimeAndAnotherForEachPerson() {
    assertThat(PairName.of(user("alice"))).isEqualTo(PairName.of(user("alice")));
    // which read the same
    assertThat(PairName.of(user("a.b"))).isNotEqualTo(PairName.of(user("a-b")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "1a", "a-", "a_b", "a.b", "a/b"})
  void refusesWhatKubernetesWould(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> PairName.check(name));
  }

  private static InvokingUser user(String name) {
    return new InvokingUser(name, Optional.empty(), Path.of("/"), Map.of());
  }
}
