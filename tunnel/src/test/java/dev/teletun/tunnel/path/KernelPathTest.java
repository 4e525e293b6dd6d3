package dev.teletun.tunnel.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.mtu.PathMtu;
import dev.teletun.protocol.mtu.Underlay;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelPathTest {

  /** Loopback's 65,536 is more than an IP header can say; Linux caps it for IPv4 alone. */
  @ParameterizedTest
  @CsvSource({"127.0.0.1, IPV4, 65461", "::1, IPV6, 65441"})
  void asksTheKernelByFamily(String address, Underlay underlay, int whole) throws Exception {
    KernelPath path = KernelPath.to(new InetSocketAddress(InetAddress.ofLiteral(address), 9));

    assertThat(path).isEqualTo(new KernelPath(new PathMtu(65_535), underlay));
    assertThat(path.largestWhole()).isEqualTo(whole);
    assertThat(path.tunnelMtu().bytes()).isEqualTo(whole);
    assertThat(path.fragmentsOutside()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1354, 1280, false", "1353, 1279, true", "576, 502, true"})
  void neverShrinksTheDeviceBelowWhatIpv6Needs(int pathMtu, int whole, boolean fragments) {
    KernelPath path = new KernelPath(new PathMtu(pathMtu), Underlay.IPV4);

    assertThat(path.tunnelMtu().bytes()).isEqualTo(1280);
    assertThat(path.largestWhole()).isEqualTo(whole);
    assertThat(path.fragmentsOutside()).isEqualTo(fragments);
  }
}
