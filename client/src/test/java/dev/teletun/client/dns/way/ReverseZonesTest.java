package dev.teletun.client.dns.way;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Prefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReverseZonesTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.in-addr.arpa",
    "10.96.0.0/16, 96.10.in-addr.arpa",
    "10.96.0.10, 10.0.96.10.in-addr.arpa",
    "fd00:10:96::/48, 6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa",
  })
  void namesTheOneZoneOfAPrefixThatEndsAtALabel(String prefix, String zone) {
    assertThat(ReverseZones.of(Prefix.parse(prefix))).containsExactly(zone);
  }

  @Test
  void namesEachZoneOfOthers() {
    assertThat(ReverseZones.of(Prefix.parse("10.96.0.0/12")))
        .hasSize(16)
        .startsWith("96.10.in-addr.arpa")
        .endsWith("111.10.in-addr.arpa");
    assertThat(ReverseZones.of(Prefix.parse("10.128.0.0/9")))
        .hasSize(128)
        .endsWith("255.10.in-addr.arpa");
    assertThat(ReverseZones.of(Prefix.parse("fd00::/7")))
        .containsExactly("c.f.ip6.arpa", "d.f.ip6.arpa");
    assertThat(ReverseZones.of(Prefix.parse("0.0.0.0/0"))).isEmpty();
  }
}
