package dev.teletun.linux.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.teletun.linux.sockaddr.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UdpPeerTest {
  private final ByteBuffer struct = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.200", "255.255.255.255", "::1", "fd00:10:244::ff9e"})
  void survivesTheKernelsForm(String ip) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(ip), 65_535);
    UdpPeer peer = UdpPeer.of(address);

    int bytes = peer.write(struct, 4, SocketAddress.AF_INET6);

    assertThat(bytes).isEqualTo(28);
    InetSocketAddress read = SocketAddress.read(struct, 4);
    assertThat(read).isEqualTo(address);
    assertThat(UdpPeer.of(read)).isEqualTo(peer).hasSameHashCodeAs(peer);
  }

  @Test
  void isWrittenInNetworkOrder() {
    UdpPeer peer = UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 0x1234));

    int bytes = peer.write(struct, 0, SocketAddress.AF_INET);

    byte[] written = new byte[8];
    struct.get(0, written);
    assertThat(bytes).isEqualTo(16);
    assertThat(struct.getShort(0)).isEqualTo((short) 2);
    assertThat(written).endsWith(0x12, 0x34, 192, 0, 2, 7);
  }

  @Test
  void isTheSamePeerInBothFormsOfAnIpv4Address() {
    UdpPeer peer = UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 7));
    peer.write(struct, 0, SocketAddress.AF_INET);
    peer.write(struct, 28, SocketAddress.AF_INET6);

    assertThat(SocketAddress.read(struct, 0)).isEqualTo(SocketAddress.read(struct, 28));
  }

  @Test
  void differsByAddressPortAndScope() throws UnknownHostException {
    InetAddress one = InetAddress.ofLiteral("192.0.2.1");
    byte[] linkLocal = InetAddress.ofLiteral("fe80::1").getAddress();
    UdpPeer peer = UdpPeer.of(new InetSocketAddress(one, 1));

    assertThat(peer).isNotEqualTo(UdpPeer.of(new InetSocketAddress(one, 2)));
    assertThat(peer)
        .isNotEqualTo(UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.2"), 1)));
    assertThat(UdpPeer.of(new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 3), 1)))
        .isNotEqualTo(
            UdpPeer.of(new InetSocketAddress(Inet6Address.getByAddress(null, linkLocal, 4), 1)));
  }

  @Test
  void cannotBeWrittenForAnIpv4SocketIfItIsIpv6() {
    UdpPeer peer = UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("fd00::7"), 7));

    assertThat(peer.write(struct, 0, SocketAddress.AF_INET)).isZero();
  }

  @Test
  void needsAnAddress() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UdpPeer.of(InetSocketAddress.createUnresolved("laptop", 1)))
        .withMessageContaining("not resolved");
  }
}
