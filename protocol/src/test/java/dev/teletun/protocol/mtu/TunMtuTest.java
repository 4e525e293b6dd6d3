package dev.teletun.protocol.mtu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TunMtuTest {

  @ParameterizedTest
  @CsvSource({"1500, IPV4, 1426", "1500, IPV6, 1406", "1354, IPV4, 1280", "9000, IPV6, 8906"})
  void leavesRoomForTheTunnelHeaders(int pathBytes, Underlay underlay, int tunBytes) {
    TunMtu mtu = TunMtu.fitting(new PathMtu(pathBytes), underlay);

    assertThat(mtu).isEqualTo(new TunMtu(tunBytes));
    assertThat(mtu.needsOuterFragments(new PathMtu(pathBytes), underlay)).isFalse();
    assertThat(mtu.needs(underlay)).isEqualTo(new PathMtu(pathBytes));
  }

  @Test
  void keepsIpv6AliveOnASmallPathAndSaysThatDatagramsWillBeFragmented() {
    PathMtu small = new PathMtu(1353);

    TunMtu mtu = TunMtu.fitting(small, Underlay.IPV4);

    assertThat(mtu.bytes()).isEqualTo(TunMtu.MINIMUM);
    assertThat(mtu.needsOuterFragments(small, Underlay.IPV4)).isTrue();
    assertThat(TunMtu.unfragmentedBytes(small, Underlay.IPV4)).isEqualTo(1279);
  }

  @Test
  void refusesADeviceWithoutIpv6() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TunMtu(1279))
        .withMessageContaining("1280 to 65535");
  }
}
