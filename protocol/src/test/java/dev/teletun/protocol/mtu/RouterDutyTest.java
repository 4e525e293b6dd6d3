package dev.teletun.protocol.mtu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.packet.IpCheck;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.NetworkOrder;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.Tcp;
import dev.teletun.protocol.packet.Udp;
import dev.teletun.protocol.packet.Verdict;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouterDutyTest {
  private static final int MTU = 1_300;

  private final RouterDuty duty = new RouterDuty(MTU);
  private final FrameBatch from = new FrameBatch(1 << 18);
  private final FrameBatch onward = new FrameBatch(1 << 18);
  private final FrameBatch back = new FrameBatch(FrameBatch.LARGEST_FRAME);
  private final PacketMaker maker = new PacketMaker();

  @Test
  void copiesNothingIfAllFits() {
    putPlain(packet(MTU));
    putSuperpacket(60_000, MTU - 40);

    assertThat(duty.apply(from, onward, back)).isTrue();

    assertThat(onward.isEmpty() && back.isEmpty()).isTrue();
    assertThat(duty.passed()).isEqualTo(2);
  }

  @Test
  void answersAPacketWithDfAndPassesItsNeighbours() {
    putPlain(packet(100));
    putPlain(packet(MTU + 1));
    putPlain(packet(200));

    assertThat(duty.apply(from, onward, back)).isFalse();

    assertThat(packets(onward)).extracting(p -> p.length).containsExactly(100, 200);
    assertThat(packets(back)).singleElement().satisfies(a -> assertTooBig(a, 20, MTU));
    assertThat(List.of(duty.passed(), duty.answered())).containsExactly(2L, 1L);
  }

  @Test
  void answersAFloodSeldom() {
    for (int i = 0; i < 200; i++) {
      putPlain(packet(MTU + 1));
      duty.apply(from, onward, back);
      from.clear();
      back.clear();
    }

    assertThat(duty.answered()).isLessThan(200);
    assertThat(duty.answered() + duty.dropped()).isEqualTo(200);
  }

  @Test
  void answersASuperpacketOnce() {
    putSuperpacket(60_000, MTU - 39);
    maker.v6();
    putSuperpacket(60_000, MTU - 59);

    assertThat(duty.apply(from, onward, back)).isFalse();

    assertThat(onward.isEmpty()).isTrue();
    assertThat(packets(back)).hasSize(2);
    assertTooBig(packets(back).get(0), 20, MTU);
    assertTooBig(packets(back).get(1), 40, MTU);
  }

  @Test
  void countsTheOptionsOfASegmentIn() {
    maker.tcpOptions = new byte[12];
    putSuperpacket(60_000, MTU - 52);
    assertThat(duty.apply(from, onward, back)).isTrue();

    putSuperpacket(60_000, MTU - 51);
    assertThat(duty.apply(from, onward, back)).isFalse();
  }

  @Test
  void splitsASuperpacketWithoutDfBeforeItCutsTheSegments() {
    maker.fragment = 0;
    maker.id = 0xfffe;
    putSuperpacket(4_200, 1_400);

    assertThat(duty.apply(from, onward, back)).isFalse();

    List<byte[]> fragments = packets(onward);
    assertThat(fragments).hasSize(6).allMatch(f -> f.length <= MTU);
    assertThat(fragments)
        .extracting(f -> NetworkOrder.u16(f, Ipv4.ID))
        .containsExactly(0xfffe, 0xfffe, 0xffff, 0xffff, 0, 0);
    for (int segment = 0; segment < 3; segment++) {
      byte[] whole = together(fragments.subList(2 * segment, 2 * segment + 2));
      assertThat(PacketMaker.hasRightChecksums(whole)).isTrue();
      assertThat(NetworkOrder.i32(whole, 24)).isEqualTo(maker.sequence + 1_400 * segment);
    }
    assertThat(duty.fragmented()).isEqualTo(1);
  }

  @Test
  void completesTheChecksumOfAPacketBeforeItCutsIt() {
    maker.fragment = 0;
    maker.payload = new byte[3_000];
    new Random(1).nextBytes(maker.payload);
    byte[] datagram = maker.udp();
    NetworkOrder.put16(datagram, 26, PacketMaker.plainSum(maker.pseudoHeader(17, 3_008)));
    put(datagram, VirtioNetHeader.F_NEEDS_CSUM, 0, 0, Udp.CHECKSUM);

    assertThat(duty.apply(from, onward, back)).isFalse();

    assertThat(packets(onward)).hasSize(3);
    assertThat(PacketMaker.hasRightChecksums(together(packets(onward)))).isTrue();
  }

  @Test
  void keepsToTheMinimumOfIpv6() {
    duty.linkMtu(1_000);
    maker.v6();
    putPlain(packet(1_280));
    assertThat(duty.apply(from, onward, back)).isTrue();

    putPlain(packet(1_281));
    assertThat(duty.apply(from, onward, back)).isFalse();
    assertTooBig(packets(back).getFirst(), 40, 1_280);
  }

  @Test
  void dropsAndCountsWhatItCannotAnswerOrPutAnywhere() {
    maker.fragment = 0;
    byte[] malformed = packet(MTU + 1);
    malformed[8]--;
    putPlain(malformed);
    put(packet(MTU + 1), VirtioNetHeader.F_NEEDS_CSUM, VirtioNetHeader.GSO_TCPV6, 1_400, 16);
    maker.fragment = Ipv4.DF;
    putPlain(maker.to("224.0.0.1").ip(Protocol.UDP, new byte[MTU], -1));
    byte[] neitherNor = packet(MTU + 1);
    neitherNor[0] = 0x75;
    putPlain(neitherNor);
    back.commit(FrameBatch.LARGEST_PACKET);
    putPlain(maker.to("10.0.3.9").ip(Protocol.UDP, new byte[MTU], -1));

    assertThat(duty.apply(from, onward, back)).isFalse();

    assertThat(duty.dropped()).isEqualTo(5);
    assertThat(onward.isEmpty()).isTrue();
  }

  @Test
  void dropsAndCountsWhatDoesNotFitTheBatch() {
    onward.commit(60_000);
    onward.commit(60_000);
    onward.commit(60_000);
    onward.commit(60_000);
    onward.commit(20_000);
    maker.fragment = 0;
    putPlain(packet(3_000));
    putPlain(packet(1_000));
    int room = onward.room();

    assertThat(duty.apply(from, onward, back)).isFalse();

    assertThat(room).isBetween(2_000, 3_000);
    assertThat(duty.dropped()).isGreaterThan(0);
    assertThat(onward.bytes()).isLessThanOrEqualTo(onward.buffer().capacity());
  }

  @Test
  void tellsTheSendersOfSegmentsThatThereIsNoWay() {
    putPlain(packet(100));
    putSuperpacket(60_000, 1_000);
    maker.v6();
    putSuperpacket(3_000, 1_000);

    duty.tellNoRoute(from, 0, back);

    assertThat(packets(back)).hasSize(2);
    assertThat(packets(back).get(0)).startsWith(0x45).containsSequence(3, 0);
    assertThat(packets(back).get(1)).startsWith(0x60).containsSequence(1, 0);
    assertThat(duty.counts()).containsEntry("told_no_route", 2L).containsEntry("answered", 0L);
  }

  @Test
  void tellsNobodyWhosePacketHasLeftThatThereIsNoWay() {
    putSuperpacket(3_000, 1_000);
    int second = from.bytes();
    putSuperpacket(4_000, 1_000);

    duty.tellNoRoute(from, second, back);

    assertThat(packets(back))
        .singleElement()
        .satisfies(a -> assertThat(NetworkOrder.u16(a, 30)).isEqualTo(4_040));
  }

  @Test
  void tellsAFloodSeldomThatThereIsNoWay() {
    for (int i = 0; i < 200; i++) {
      putSuperpacket(100, 1_000);
      duty.tellNoRoute(from, 0, back);
      from.clear();
      back.clear();
    }

    assertThat(duty.counts().get("told_no_route")).isBetween(50L, 199L);
  }

  @Test
  void tellsNobodyWhenThereIsNoRoomToTell() {
    putSuperpacket(100, 1_000);
    back.commit(FrameBatch.LARGEST_PACKET);
    int before = back.bytes();

    duty.tellNoRoute(from, 0, back);

    assertThat(back.bytes()).isEqualTo(before);
    assertThat(duty.counts()).containsEntry("told_no_route", 0L);
  }

  @Test
  void refusesAnMtuThatNoLinkHas() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> duty.linkMtu(67))
        .withMessageContaining("below 68");
  }

  private byte[] packet(int length) {
    return maker.ip(253, new byte[length - (maker.source.length == 4 ? 20 : 40)], -1);
  }

  private void putPlain(byte[] packet) {
    put(packet, 0, VirtioNetHeader.GSO_NONE, 0, 0);
  }

  private void putSuperpacket(int payload, int gsoSize) {
    maker.payload = new byte[payload];
    new Random(1).nextBytes(maker.payload);
    boolean v4 = maker.source.length == 4;
    int type = v4 ? VirtioNetHeader.GSO_TCPV4 : VirtioNetHeader.GSO_TCPV6;
    put(maker.tcp(), VirtioNetHeader.F_NEEDS_CSUM, type, gsoSize, Tcp.CHECKSUM);
  }

  private void put(byte[] packet, int flags, int type, int gsoSize, int checksum) {
    int transport = packet[0] >> 4 == 4 ? 20 : 40;
    VirtioNetHeader.put(
        from.buffer(), from.nextHeaderOffset(), flags, type, 0, gsoSize, transport, checksum);
    from.buffer().put(from.nextPacketOffset(), packet);
    from.commit(packet.length);
  }

  private static List<byte[]> packets(FrameBatch batch) {
    List<byte[]> packets = new ArrayList<>();
    for (int frame = 0; frame < batch.bytes(); frame = batch.next(frame)) {
      byte[] packet = new byte[batch.packetLength(frame)];
      batch.buffer().get(batch.packetOffset(frame), packet);
      packets.add(packet);
      assertThat(VirtioNetHeader.gsoType(batch.buffer(), batch.headerOffset(frame))).isZero();
      assertThat(IpCheck.check(packet, 0, packet.length)).isEqualTo(Verdict.PASS);
    }
    return packets;
  }

  /** One packet of its fragments, which have no options, with the header of a whole one. */
  private static byte[] together(List<byte[]> fragments) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(fragments.getFirst(), 0, 20);
    fragments.forEach(f -> whole.write(f, 20, f.length - 20));
    byte[] packet = whole.toByteArray();
    NetworkOrder.put16(packet, Ipv4.TOTAL_LENGTH, packet.length);
    NetworkOrder.put16(packet, Ipv4.FRAGMENT, 0);
    Ipv4.putChecksum(packet, 0);
    return packet;
  }

  private void assertTooBig(byte[] answer, int ipHeader, int mtu) {
    assertThat(answer[ipHeader]).isEqualTo((byte) (ipHeader == 20 ? 3 : 2));
    assertThat(NetworkOrder.i32(answer, ipHeader + 4)).isEqualTo(mtu);
  }
}
