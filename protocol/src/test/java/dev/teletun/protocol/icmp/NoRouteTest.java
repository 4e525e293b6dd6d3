package dev.teletun.protocol.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.packet.IpCheck;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Verdict;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoRouteTest {
  private final PacketMaker maker = new PacketMaker();

  @Test
  void tellsTheSenderOfAnIpv4SegmentThatItsNetIsUnreachable() {
    byte[] segment = maker.tcp();

    byte[] answer = answer(segment, segment.length);

    assertThat(IpCheck.check(answer, 0, answer.length)).isEqualTo(Verdict.PASS);
    assertThat(Arrays.copyOfRange(answer, 12, 16)).isEqualTo(maker.destination);
    assertThat(Arrays.copyOfRange(answer, 16, 20)).isEqualTo(maker.source);
    assertThat(Arrays.copyOfRange(answer, 20, 22)).containsExactly(3, 0);
    assertThat(Arrays.copyOfRange(answer, 24, 28)).containsOnly(0);
    assertThat(Arrays.copyOfRange(answer, 28, answer.length)).isEqualTo(segment);
    assertThat(PacketMaker.plainSum(Arrays.copyOfRange(answer, 20, answer.length)))
        .isEqualTo(0xffff);
  }

  @Test
  void tellsTheSenderOfAnIpv6SegmentThatThereIsNoRoute() {
    byte[] segment = maker.v6().tcp();

    byte[] answer = answer(segment, segment.length);

    assertThat(IpCheck.check(answer, 0, answer.length)).isEqualTo(Verdict.PASS);
    assertThat(Arrays.copyOfRange(answer, 40, 42)).containsExactly(1, 0);
    assertThat(Arrays.copyOfRange(answer, 48, answer.length)).isEqualTo(segment);
    assertThat(PacketMaker.hasRightChecksums(answer)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {Tcp.SYN, Tcp.SYN | Tcp.ACK, Tcp.RST, Tcp.RST | Tcp.ACK})
  void leavesConnectionsAloneThatBeginOrEnd(int flags) {
    maker.flags = flags;

    assertThat(answer(maker.tcp(), maker.tcp().length)).isEmpty();
    assertThat(answer(maker.v6().tcp(), maker.tcp().length)).isEmpty();
  }

  @Test
  void answersNothingButTcp() {
    assertThat(answer(maker.udp(), maker.udp().length)).isEmpty();
    maker.fragment = 1;
    assertThat(answer(maker.tcp(), maker.tcp().length)).isEmpty();
    assertThat(answer(maker.v6().udp(), maker.udp().length)).isEmpty();
  }

  @Test
  void answersNothingThatIsCutBeforeTheFlags() {
    byte[] v4 = maker.tcp();
    byte[] v6 = maker.v6().tcp();

    for (int length = 0; length < v6.length; length++) {
      assertThat(answer(v6, length).length > 0).as("%d bytes", length).isEqualTo(length > 40 + 13);
      if (length < v4.length) {
        assertThat(answer(v4, length).length > 0)
            .as("%d bytes", length)
            .isEqualTo(length > 20 + 13);
      }
    }
  }

  private static byte[] answer(byte[] offending, int length) {
    ByteBuffer packet = ByteBuffer.allocateDirect(length + 3).put(3, offending, 0, length);
    ByteBuffer into = ByteBuffer.allocateDirect(1_285);
    byte[] answer = new byte[NoRoute.answer(packet, 3, length, into, 5)];
    into.get(5, answer);
    return answer;
  }
}
