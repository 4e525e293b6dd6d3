package dev.teletun.protocol.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.packet.IpCheck;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.NetworkOrder;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Verdict;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TooBigTest {
  private static final int ICMP = 1;
  private static final int ICMPV6 = 58;

  private final PacketMaker maker = new PacketMaker();

  @Test
  void answersIpv4FromTheOneTheWayLedTo() {
    maker.payload = new byte[1_400];
    byte[] offending = maker.udp();

    byte[] answer = answer(offending, 1_300);

    assertThat(answer).hasSize(576);
    assertThat(IpCheck.check(answer, 0, 576)).isEqualTo(Verdict.PASS);
    assertThat(Arrays.copyOfRange(answer, 12, 16)).isEqualTo(maker.destination);
    assertThat(Arrays.copyOfRange(answer, 16, 20)).isEqualTo(maker.source);
    assertThat(Arrays.copyOfRange(answer, 20, 22)).containsExactly(3, 4);
    assertThat(NetworkOrder.i32(answer, 24)).isEqualTo(1_300);
    assertThat(Arrays.copyOfRange(answer, 28, 576)).isEqualTo(Arrays.copyOf(offending, 548));
    assertThat(PacketMaker.plainSum(Arrays.copyOfRange(answer, 20, 576))).isEqualTo(0xffff);
  }

  @Test
  void answersIpv6FromTheOneTheWayLedTo() {
    maker.v6().payload = new byte[1_400];
    byte[] offending = maker.udp();

    byte[] answer = answer(offending, 1_300);

    assertThat(answer).hasSize(1_280);
    assertThat(IpCheck.check(answer, 0, 1_280)).isEqualTo(Verdict.PASS);
    assertThat(Arrays.copyOfRange(answer, 8, 24)).isEqualTo(maker.destination);
    assertThat(Arrays.copyOfRange(answer, 24, 40)).isEqualTo(maker.source);
    assertThat(Arrays.copyOfRange(answer, 40, 42)).containsExactly(2, 0);
    assertThat(NetworkOrder.i32(answer, 44)).isEqualTo(1_300);
    assertThat(Arrays.copyOfRange(answer, 48, 1_280)).isEqualTo(Arrays.copyOf(offending, 1_232));
    assertThat(PacketMaker.hasRightChecksums(answer)).isTrue();
  }

  @Test
  void quotesAShortPacketWhole() {
    assertThat(answer(maker.udp(), 1_300)).hasSize(28 + 28);
    assertThat(answer(maker.v6().udp(), 1_300)).hasSize(48 + 48);
  }

  @ParameterizedTest
  @CsvSource({"3, true", "5, true", "11, true", "12, true", "0, false", "8, false"})
  void answersNoIcmpError(int type, boolean error) {
    assertThat(answer(maker.ip(ICMP, new byte[] {(byte) type, 0, 0, 0}, -1), 68).length == 0)
        .isEqualTo(error);
  }

  @ParameterizedTest
  @CsvSource({"1, true", "2, true", "127, true", "137, true", "128, false", "135, false"})
  void answersNoIcmpv6Error(int type, boolean error) {
    byte[] icmp = {(byte) type, 0, 0, 0};
    byte[] behindOptions = {ICMPV6, 0, 1, 4, 0, 0, 0, 0, (byte) type, 0, 0, 0};
    byte[] behindFragment = {ICMPV6, 0, 0, 1, 0, 0, 0, 0, (byte) type, 0, 0, 0};
    maker.v6();

    assertThat(answer(maker.ip(ICMPV6, icmp, -1), 1_280).length == 0).isEqualTo(error);
    assertThat(answer(maker.ip(60, behindOptions, -1), 1_280).length == 0).isEqualTo(error);
    assertThat(answer(maker.ip(44, behindFragment, -1), 1_280).length == 0).isEqualTo(error);
  }

  @Test
  void answersNoLaterFragment() {
    maker.fragment = Ipv4.MF;
    assertThat(answer(maker.udp(), 68)).isNotEmpty();
    maker.fragment = Ipv4.MF | 1;
    assertThat(answer(maker.udp(), 68)).isEmpty();
    assertThat(answer(maker.v6().ip(44, new byte[] {17, 0, 0, 9, 0, 0, 0, 0}, -1), 1_280))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::1"})
  void answersNobodyButASingleHost(String address) {
    String other = address.contains(":") ? "fd00::7" : "10.0.2.7";

    assertThat(answer(maker.from(address).to(other).udp(), 1_280)).isEmpty();
    assertThat(answer(maker.from(other).to(address).udp(), 1_280)).isEmpty();
  }

  @Test
  void survivesTruncationAtEveryLength() {
    byte[] nested = {60, 0, 1, 4, 0, 0, 0, 0, ICMPV6, 0, 1, 4, 0, 0, 0, 0, (byte) 128, 0, 0, 0};
    for (byte[] whole : List.of(maker.ip(ICMP, new byte[8], -1), maker.v6().ip(60, nested, -1))) {
      for (int length = 0; length < whole.length; length++) {
        assertThat(answer(Arrays.copyOf(whole, length), 1_280)).hasSizeLessThan(128);
      }
    }
  }

  @Test
  void answersWhatIsCutBehindItsHeadersOnly() {
    byte[] nested = {60, 0, 1, 4, 0, 0, 0, 0, ICMPV6, 0, 1, 4, 0, 0, 0, 0, (byte) 128, 0, 0, 0};
    byte[] fragment = {17, 0, 0, 1, 0, 0, 0, 0};

    answersFrom(20, maker.udp());
    answersFrom(21, maker.ip(ICMP, new byte[] {8, 0, 0, 0}, -1));
    maker.v6();
    answersFrom(40, maker.udp());
    answersFrom(48, maker.ip(44, fragment, -1));
    answersFrom(57, maker.ip(60, nested, -1));
  }

  private static void answersFrom(int shortest, byte[] whole) {
    for (int length = 0; length <= whole.length; length++) {
      assertThat(answer(Arrays.copyOf(whole, length), 1_280).length > 0)
          .as("%d bytes", length)
          .isEqualTo(length >= shortest);
    }
  }

  private static byte[] answer(byte[] offending, int mtu) {
    ByteBuffer packet = ByteBuffer.allocateDirect(offending.length + 3).put(3, offending);
    ByteBuffer into = ByteBuffer.allocateDirect(1_285);
    byte[] answer = new byte[TooBig.answer(packet, 3, offending.length, mtu, into, 5)];
    into.get(5, answer);
    return answer;
  }
}
