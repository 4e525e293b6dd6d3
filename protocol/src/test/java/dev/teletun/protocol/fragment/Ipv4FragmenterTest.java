package dev.teletun.protocol.fragment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.teletun.protocol.packet.IpCheck;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.NetworkOrder;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Ipv4FragmenterTest {
  private final Ipv4Fragmenter fragmenter = new Ipv4Fragmenter();
  private final PacketMaker maker = new PacketMaker();

  @Test
  void givesFragmentsThatAreTheWholeAgain() {
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      maker.fragment = random.nextBoolean() ? 0 : Ipv4.MF | random.nextInt(1_000);
      maker.ipOptions = new byte[random.nextInt(11) * 4];
      Arrays.fill(maker.ipOptions, (byte) 1);
      byte[] payload = new byte[8 + random.nextInt(20_000)];
      random.nextBytes(payload);
      int mtu = Math.max(Ipv4Fragmenter.SMALLEST_MTU, random.nextInt(3_000));
      byte[] packet = maker.ip(50, payload, -1);

      List<byte[]> fragments = fragment(packet, mtu);

      assertThat(together(fragments, packet, mtu)).isEqualTo(payload);
    }
  }

  /** The payload that a receiver puts together, having checked each fragment (RFC 791 §3.2). */
  private static byte[] together(List<byte[]> fragments, byte[] packet, int mtu) {
    int field = NetworkOrder.u16(packet, Ipv4.FRAGMENT);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (int i = 0; i < fragments.size(); i++) {
      byte[] fragment = fragments.get(i);
      boolean last = i == fragments.size() - 1;
      int own = NetworkOrder.u16(fragment, Ipv4.FRAGMENT);
      int header = Ipv4.headerLength(fragment, 0);
      assertThat(IpCheck.check(fragment, 0, fragment.length)).isEqualTo(Verdict.PASS);
      assertThat(fragment.length).isLessThanOrEqualTo(mtu);
      assertThat(last || (fragment.length - header) % 8 == 0).isTrue();
      assertThat(own & Ipv4.OFFSET_MASK).isEqualTo((field & Ipv4.OFFSET_MASK) + payload.size() / 8);
      assertThat(own & ~Ipv4.OFFSET_MASK)
          .isEqualTo(last ? field & ~Ipv4.OFFSET_MASK : (field & ~Ipv4.OFFSET_MASK) | Ipv4.MF);
      assertThat(fragment).startsWith(0x40 + header / 4, packet[1]);
      assertThat(Arrays.copyOfRange(fragment, Ipv4.ID, Ipv4.FRAGMENT))
          .isEqualTo(Arrays.copyOfRange(packet, Ipv4.ID, Ipv4.FRAGMENT));
      assertThat(Arrays.copyOfRange(fragment, Ipv4.TTL, Ipv4.CHECKSUM))
          .isEqualTo(Arrays.copyOfRange(packet, Ipv4.TTL, Ipv4.CHECKSUM));
      payload.write(fragment, header, fragment.length - header);
    }
    return payload.toByteArray();
  }

  @Test
  void repeatsOnlyTheOptionsThatAreMarkedAsCopied() {
    byte copied = (byte) 148; // router alert, RFC 2113
    maker.fragment = 0;
    maker.ipOptions = new byte[] {7, 7, 4, 0, 0, 0, 0, copied, 4, 0, 0, (byte) 0x82, 3, 9, 0, 99};

    List<byte[]> fragments = fragment(maker.ip(50, new byte[100], -1), 100);

    assertThat(Arrays.copyOfRange(fragments.get(0), 20, 36)).isEqualTo(maker.ipOptions);
    assertThat(Ipv4.headerLength(fragments.get(1), 0)).isEqualTo(28);
    assertThat(Arrays.copyOfRange(fragments.get(1), 20, 28))
        .containsExactly(copied, 4, 0, 0, 0x82, 3, 9, 0);
  }

  @Test
  void survivesOptionsThatDoNotEnd() {
    maker.fragment = 0;
    for (byte[] options :
        List.of(new byte[] {7, 0, 0, 0}, new byte[] {7, 9, 0, 0}, new byte[] {1, 1, 1, 7})) {
      maker.ipOptions = options;

      List<byte[]> fragments = fragment(maker.ip(50, new byte[100], -1), 100);

      assertThat(Ipv4.headerLength(fragments.get(1), 0)).isEqualTo(20);
    }
  }

  @Test
  void leavesAPacketThatFitsAsItIs() {
    byte[] packet = maker.udp();

    assertThat(fragment(packet, packet.length > 68 ? packet.length : 68)).containsExactly(packet);
  }

  @Test
  void refusesAnMtuThatNoLinkHas() {
    assertThatIllegalArgumentException().isThrownBy(() -> fragment(maker.udp(), 67));
  }

  private List<byte[]> fragment(byte[] packet, int mtu) {
    List<byte[]> fragments = new ArrayList<>();
    ByteBuffer memory = ByteBuffer.allocateDirect(packet.length + 3).put(3, packet);
    fragmenter.fragment(
        memory,
        3,
        packet.length,
        mtu,
        (bytes, at, length) -> {
          byte[] fragment = new byte[length];
          bytes.get(at, fragment);
          fragments.add(fragment);
        });
    return fragments;
  }
}
