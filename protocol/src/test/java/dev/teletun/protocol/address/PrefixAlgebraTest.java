package dev.teletun.protocol.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrefixAlgebraTest {

  @Test
  void cutsAnAddressOutOfAPrefixAndKeepsAllOthers() {
    Prefix whole = Prefix.parse("10.96.0.0/12");
    Prefix hole = Prefix.parse("10.100.0.9");

    List<Prefix> left = PrefixAlgebra.without(whole, List.of(hole));

    assertThat(left).hasSize(20).noneMatch(p -> p.contains(hole));
    assertThat(left.stream().mapToLong(p -> 1L << (32 - p.length())).sum())
        .isEqualTo((1L << 20) - 1);
  }

  @Test
  void cutsSeveralHolesOfBothFamilies() {
    List<Prefix> holes = prefixes("10.0.0.0/9", "10.128.0.0/10", "fd00::1");

    assertThat(PrefixAlgebra.without(Prefix.parse("10.0.0.0/8"), holes))
        .isEqualTo(prefixes("10.192.0.0/10"));
    assertThat(PrefixAlgebra.without(Prefix.parse("fd00::/126"), holes))
        .isEqualTo(prefixes("fd00::", "fd00::2/127"));
  }

  @Test
  void leavesNothingOfAPrefixThatAHoleHolds() {
    assertThat(PrefixAlgebra.without(Prefix.parse("10.1.0.0/16"), prefixes("10.0.0.0/8")))
        .isEmpty();
  }

  @Test
  void leavesAPrefixWithoutHolesAsItIs() {
    assertThat(PrefixAlgebra.without(Prefix.parse("10.1.0.0/16"), prefixes("10.2.0.0/16")))
        .isEqualTo(prefixes("10.1.0.0/16"));
  }

  @Test
  void joinsTheBlocksOfManyNodes() {
    List<Prefix> nodes =
        Stream.iterate(0, i -> i < 256, i -> i + 1)
            .map(i -> Prefix.parse("10.244.%d.0/24".formatted(255 - i)))
            .toList();

    assertThat(PrefixAlgebra.union(nodes)).isEqualTo(prefixes("10.244.0.0/16"));
  }

  @Test
  void joinsOnlyHalvesOfOneWhole() {
    assertThat(PrefixAlgebra.union(prefixes("10.0.2.0/24", "10.0.1.0/24", "10.0.1.7", "::/1")))
        .isEqualTo(prefixes("10.0.1.0/24", "10.0.2.0/24", "::/1"));
  }

  private static List<Prefix> prefixes(String... texts) {
    return Stream.of(texts).map(Prefix::parse).toList();
  }
}
