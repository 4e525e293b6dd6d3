package dev.teletun.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostSnapshotTest {
  private static final String BEFORE =
      """
      #part addresses
      eth0 inet 192.168.50.10/24
      #part rules
      0: from all lookup local
      0: from all lookup local
      """;

  @Test
  void isEqualToOneOfTheSameHost() {
    HostSnapshot before = HostSnapshot.parse(BEFORE);
    HostSnapshot after = HostSnapshot.parse(BEFORE);

    assertThat(after).isEqualTo(before);
    assertThat(before.differences(after)).isEmpty();
  }

  @Test
  void saysWhatCameAndWhatWent() {
    HostSnapshot after =
        HostSnapshot.parse(BEFORE.replace("50.10", "50.11") + "9: from all fwmark 7 lookup 77\n");

    assertThat(HostSnapshot.parse(BEFORE).differences(after))
        .containsExactly(
            "addresses: - eth0 inet 192.168.50.10/24",
            "addresses: + eth0 inet 192.168.50.11/24",
            "rules: + 9: from all fwmark 7 lookup 77");
  }

  @Test
  void countsLinesThatAreThereTwice() {
    String once = BEFORE.replaceFirst("0: from all lookup local\n", "");

    assertThat(HostSnapshot.parse(BEFORE).differences(HostSnapshot.parse(once)))
        .containsExactly("rules: - 0: from all lookup local");
  }
}
