package dev.teletun.protocol.offload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Tcp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CoalescerTest {
  private static final int SIZE = 100;

  private final FrameBatch batch = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);

  /** What keeps the second of two packets from being merged with the first. */
  static Stream<Arguments> obstacles() {
    return Stream.of(
        obstacle("sequence", p -> p.sequence++),
        obstacle("acknowledgment", p -> p.acknowledgment++),
        obstacle("window", p -> p.window++),
        obstacle("ttl", p -> p.ttl--),
        obstacle("tos", p -> p.tos = 4),
        obstacle("source", p -> p.source[3]++),
        obstacle("destination", p -> p.destination[3]++),
        obstacle("source port", p -> p.sourcePort++),
        obstacle("destination port", p -> p.destinationPort++),
        obstacle("option", p -> p.tcpOptions[5]++),
        obstacle("no options", p -> p.tcpOptions = new byte[0]),
        obstacle("syn", p -> p.flags |= 2),
        obstacle("rst", p -> p.flags |= 4),
        obstacle("urg", p -> p.flags |= 0x20),
        obstacle("urgent pointer", p -> p.urgent = 1),
        obstacle("no ack", p -> p.flags = 0),
        obstacle("cwr", p -> p.flags |= Tcp.CWR),
        obstacle("ece", p -> p.flags |= Tcp.ECE),
        obstacle("larger", p -> p.payload = new byte[SIZE + 1]),
        obstacle("empty", p -> p.payload = new byte[0]),
        obstacle("more fragments", p -> p.fragment = Ipv4.MF),
        obstacle("later fragment", p -> p.fragment = 8),
        obstacle("no df", p -> p.fragment = 0),
        obstacle(
            "flow label or ip options",
            p -> {
              p.flowLabel = 1;
              p.ipOptions = p.source.length == 4 ? new byte[4] : new byte[0];
            }));
  }

  private static Arguments obstacle(String name, Consumer<PacketMaker> change) {
    return Arguments.argumentSet(name, change);
  }

  @ParameterizedTest
  @MethodSource("obstacles")
  void mergesOnlyWhatTcpWouldNotNotice(Consumer<PacketMaker> change) {
    assertKeptApart(withOptions(new PacketMaker()), change);
    assertKeptApart(withOptions(new PacketMaker().v6()), change);
  }

  private void assertKeptApart(PacketMaker maker, Consumer<PacketMaker> change) {
    byte[] first = maker.tcp();
    maker.sequence += SIZE;
    byte[] second = maker.tcp();
    change.accept(maker);
    byte[] changed = maker.tcp();

    assertThat(coalesce(first, second)).hasSize(1);
    if (!Arrays.equals(changed, second)) { // IPv6 has no fragment field
      assertThat(coalesce(first, changed)).containsExactly(first, changed);
    }
  }

  @Test
  void hidesNoWrongChecksum() {
    PacketMaker maker = withOptions(new PacketMaker());
    byte[] first = maker.tcp();
    maker.sequence += SIZE;
    for (int wrong : new int[] {3, 10, 20 + Tcp.CHECKSUM, 20 + 32, 151}) {
      byte[] second = maker.tcp();
      second[wrong] ^= 1;

      assertThat(coalesce(first, second)).containsExactly(first, second);
      assertThat(coalesce(second, first)).containsExactly(second, first);
    }
  }

  @Test
  void goesOnWithAnIdThatCountsUpWhereFragmentationIsAllowed() {
    PacketMaker maker = new PacketMaker();
    maker.payload = new byte[SIZE];
    maker.fragment = 0;
    maker.id = 0xffff;
    byte[] first = maker.tcp();
    maker.sequence += SIZE;
    byte[] sameId = maker.tcp();
    maker.id = 0;
    byte[] nextId = maker.tcp();

    assertThat(coalesce(first, sameId)).hasSize(2);
    assertThat(coalesce(first, nextId)).hasSize(1);
  }

  @Test
  void endsASuperpacketAtPushAtFinAndAtAShorterSegment() {
    PacketMaker maker = new PacketMaker();
    List<byte[]> packets = new ArrayList<>();
    for (int flag : new int[] {Tcp.PSH, 0, Tcp.PSH, 0, 0, Tcp.FIN, 0, 0, 0}) {
      maker.flags = Tcp.ACK | flag;
      maker.payload = new byte[packets.size() == 7 ? SIZE - 1 : SIZE];
      packets.add(maker.tcp());
      maker.sequence += maker.payload.length;
    }

    List<byte[]> frames = coalesce(packets.toArray(byte[][]::new));

    assertThat(frames)
        .extracting(f -> (f.length - 40 + SIZE - 1) / SIZE)
        .containsExactly(1, 2, 3, 2, 1);
  }

  @Test
  void mergesDatagramsOnlyIfTheDeviceTakesThem() {
    PacketMaker maker = new PacketMaker();
    maker.payload = new byte[SIZE];
    byte[] datagram = maker.udp();
    byte[] unsummed = datagram.clone();
    unsummed[26] = 0;
    unsummed[27] = 0;

    byte[] wrongLength = maker.ip(17, new byte[] {1, 2, 3, 4, 0, 9, 0, 0, 5, 6}, 6);

    assertThat(coalesce(datagram, datagram, datagram)).hasSize(1);
    assertThat(coalesce(wrongLength, wrongLength)).hasSize(2);
    assertThat(coalesce(unsummed, unsummed)).hasSize(2);
    assertThat(coalesce(new Coalescer(false), datagram, datagram)).hasSize(2);
  }

  @Test
  void endsASuperpacketAtAShorterDatagram() {
    PacketMaker maker = new PacketMaker();
    maker.payload = new byte[SIZE];
    byte[] full = maker.udp();
    maker.payload = new byte[SIZE - 1];
    byte[] shorter = maker.udp();

    assertThat(coalesce(full, full, shorter, shorter, full))
        .extracting(f -> f.length - 28)
        .containsExactly(3 * SIZE - 1, SIZE - 1, SIZE);
  }

  @Test
  void leavesWhatItDoesNotKnowAsItCame() {
    byte[] icmp = new PacketMaker().ip(1, new byte[64], -1);
    byte[] garbage = {0};

    assertThat(coalesce(icmp, icmp, garbage)).containsExactly(icmp, icmp, garbage);
  }

  @Test
  void survivesTruncationAtEveryLength() {
    for (PacketMaker maker : List.of(new PacketMaker(), new PacketMaker().v6())) {
      byte[] packet = withOptions(maker).tcp();
      for (int length = 1; length < packet.length; length++) {
        byte[] cut = Arrays.copyOf(packet, length);

        assertThat(coalesce(cut, cut)).containsExactly(cut, cut);
      }
    }
  }

  @Test
  void doesNotTakeAPacketForWhichThereIsNoRoom() {
    PacketMaker maker = new PacketMaker();
    maker.payload = new byte[10_000];
    byte[] first = maker.tcp();
    maker.sequence += 10_000;
    byte[] next = maker.tcp();
    byte[] other = maker.tcp();
    other[30] ^= 1;
    batch.clear();
    batch.commit(60_000);
    batch.commit(batch.room() - FrameBatch.HEADER_BYTES - 20_039);
    Coalescer coalescer = new Coalescer(false);
    coalescer.begin(batch);

    assertThat(coalescer.add(first, 0, first.length)).isTrue();
    assertThat(coalescer.add(next, 0, next.length)).isFalse();
    assertThat(coalescer.add(other, 0, other.length)).isFalse();
    coalescer.finish();

    assertThat(batch.count()).isEqualTo(3);
  }

  private List<byte[]> coalesce(byte[]... packets) {
    return coalesce(new Coalescer(true), packets);
  }

  private List<byte[]> coalesce(Coalescer coalescer, byte[]... packets) {
    batch.clear();
    coalescer.begin(batch);
    for (byte[] packet : packets) {
      assertThat(coalescer.add(packet, 0, packet.length)).isTrue();
    }
    coalescer.finish();
    return frames();
  }

  private List<byte[]> frames() {
    List<byte[]> frames = new ArrayList<>();
    for (int frame = 0; frame < batch.bytes(); frame = batch.next(frame)) {
      byte[] packet = new byte[batch.packetLength(frame)];
      batch.buffer().get(batch.packetOffset(frame), packet);
      frames.add(packet);
      assertThat(VirtioNetHeader.gsoSize(batch.buffer(), batch.headerOffset(frame)))
          .isLessThan(packet.length);
    }
    return frames;
  }

  private static PacketMaker withOptions(PacketMaker maker) {
    maker.tcpOptions = new byte[] {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2};
    maker.payload = new byte[SIZE];
    return maker;
  }
}
