package dev.teletun.protocol.filter;

import static dev.teletun.protocol.packet.Verdict.FORBIDDEN_DESTINATION;
import static dev.teletun.protocol.packet.Verdict.MALFORMED;
import static dev.teletun.protocol.packet.Verdict.NOT_IP;
import static dev.teletun.protocol.packet.Verdict.PASS;
import static dev.teletun.protocol.packet.Verdict.WRONG_DESTINATION;
import static dev.teletun.protocol.packet.Verdict.WRONG_SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.packet.PacketMaker;
import dev.teletun.protocol.packet.Verdict;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InnerFilterTest {
  private static final String P4 = "10.0.2.7";
  private static final String P6 = "fd00::7";

  private final InnerFilter filter =
      new InnerFilter(
          List.of(Addresses.parse(P4), Addresses.parse(P6), Addresses.parse("fd00:0:0:1::7")),
          Set.of(Addresses.parse("169.254.20.10"), Addresses.parse("fe80::53")));

  @Test
  void letsThePodSpeakAndBeSpokenTo() {
    assertThat(outbound(P4, "10.96.0.1")).isEqualTo(PASS);
    assertThat(outbound(P6, "2001:db8::1")).isEqualTo(PASS);
    assertThat(outbound("fd00:0:0:1::7", "fd00:1::1")).isEqualTo(PASS);
    assertThat(inbound("10.96.0.1", P4)).isEqualTo(PASS);
    assertThat(inbound("fe80::1", P6)).isEqualTo(PASS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"169.254.20.10", "fe80::53"})
  void letsTheClientAskALinkLocalNameServerThatThePodHas(String server) {
    PacketMaker maker = maker(server.contains(":") ? P6 : P4, server);
    maker.destinationPort = 53;
    assertThat(judge(maker.udp(), true)).isEqualTo(PASS);
    assertThat(judge(maker.tcp(), true)).isEqualTo(PASS);
    assertThat(inbound(server, server.contains(":") ? P6 : P4)).isEqualTo(PASS);

    maker.destinationPort = 80; // what a cloud's metadata service listens on
    assertThat(judge(maker.tcp(), true)).isEqualTo(FORBIDDEN_DESTINATION);
    assertThat(judge(maker.ip(17, new byte[] {1, 1, 0, 53}, -1), true))
        .isEqualTo(FORBIDDEN_DESTINATION);
    assertThat(judge(maker.ip(1, new byte[] {8, 0, 0, 53, 0, 0, 0, 0}, -1), true))
        .isEqualTo(FORBIDDEN_DESTINATION);
  }

  @Test
  void makesNoExceptionForALoopbackNameServer() {
    InnerFilter careless =
        new InnerFilter(List.of(Addresses.parse(P4)), Set.of(Addresses.parse("127.0.0.1")));
    PacketMaker maker = maker(P4, "127.0.0.1");
    maker.destinationPort = 53;
    byte[] query = maker.udp();

    assertThat(careless.outbound(query, 0, query.length)).isEqualTo(FORBIDDEN_DESTINATION);
  }

  @Test
  void takesALaterFragmentForNoQuery() {
    PacketMaker maker = maker(P4, "169.254.20.10");
    maker.destinationPort = 53;
    maker.fragment = 1;

    assertThat(judge(maker.udp(), true)).isEqualTo(FORBIDDEN_DESTINATION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.2.8",
        "127.0.0.1",
        "0.0.0.0",
        "169.254.20.10",
        "224.0.0.1",
        "fd00::8",
        "::1"
      })
  void letsTheClientBeNobodyElse(String source) {
    assertThat(outbound(source, source.contains(":") ? "fd00:1::1" : "10.96.0.1"))
        .isEqualTo(WRONG_SOURCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "169.254.20.11",
        "224.0.0.251",
        "239.255.255.250",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "fe80::1",
        "febf:ffff::1",
        "ff02::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "fd00:ec2::254",
        "fd20:ce::254"
      })
  void keepsTheClientFromTheNodeAndItsLinks(String destination) {
    assertThat(outbound(destination.contains(":") ? P6 : P4, destination))
        .isEqualTo(FORBIDDEN_DESTINATION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.0.0.1", "126.0.0.1", "128.0.0.1", "169.253.0.1", "223.1.1.1", "240.0.0.1"})
  void letsTheClientReachTheNeighboursOfForbiddenRanges(String destination) {
    assertThat(outbound(P4, destination)).isEqualTo(PASS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"fe7f::1", "fec0::1", "64:ff9b::808:808", "1::", "fd00:ec2::253", "fd20:ce::253"})
  void letsTheClientReachTheNeighboursOfForbiddenRangesOfIpv6(String destination) {
    assertThat(outbound(P6, destination)).isEqualTo(PASS);
  }

  @Test
  void knowsAnIpv4AddressInIpv6Clothes() {
    PacketMaker maker = new PacketMaker().v6().from(P6);
    maker.destination = new byte[16];
    maker.destination[10] = (byte) 0xff;
    maker.destination[11] = (byte) 0xff;
    maker.destination[12] = 10;
    assertThat(judge(maker.udp(), true)).isEqualTo(FORBIDDEN_DESTINATION);

    maker.source = maker.destination;
    assertThat(judge(maker.to(P6).udp(), false)).isEqualTo(WRONG_SOURCE);
  }

  @Test
  void handsTheClientOnlyWhatIsForIt() {
    assertThat(inbound("10.96.0.1", "10.0.2.8")).isEqualTo(WRONG_DESTINATION);
    assertThat(inbound("fd00:1::1", "ff02::1")).isEqualTo(WRONG_DESTINATION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        P4,
        "127.0.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        P6,
        "::",
        "::1",
        "ff02::1"
      })
  void handsTheClientNothingFromAnImpossibleSource(String source) {
    assertThat(inbound(source, source.contains(":") ? P6 : P4)).isEqualTo(WRONG_SOURCE);
  }

  @Test
  void refusesASourceRoute() {
    PacketMaker v4 = new PacketMaker().from(P4);
    PacketMaker v6 = new PacketMaker().v6().from(P6);

    v4.ipOptions = new byte[] {1, (byte) 131, 7, 4, 127, 0, 0, 1};
    assertThat(judge(v4.udp(), true)).isEqualTo(FORBIDDEN_DESTINATION);
    v4.ipOptions = new byte[] {7, 0, 0, 0};
    assertThat(judge(v4.udp(), true)).isEqualTo(FORBIDDEN_DESTINATION);
    v4.ipOptions = new byte[] {7, 3, 4, 0};
    assertThat(judge(v4.udp(), true)).isEqualTo(PASS);
    assertThat(judge(v6.ip(43, new byte[] {17, 0, 0, 1, 0, 0, 0, 0}, -1), true))
        .isEqualTo(FORBIDDEN_DESTINATION);
    assertThat(judge(v6.ip(43, new byte[] {17, 0, 0, 0, 0, 0, 0, 0}, -1), true)).isEqualTo(PASS);
    assertThat(judge(v6.ip(60, new byte[] {43, 9, 0, 0, 0, 0, 0, 0}, -1), true))
        .isEqualTo(FORBIDDEN_DESTINATION);
  }

  @Test
  void refusesWhatIsCutAtEveryLength() {
    for (PacketMaker maker : List.of(new PacketMaker().from(P4), new PacketMaker().v6().from(P6))) {
      byte[] whole = maker.udp();
      for (int length = 0; length < whole.length; length++) {
        Verdict expected = length == 0 ? NOT_IP : MALFORMED;

        assertThat(judge(Arrays.copyOf(whole, length), true)).isEqualTo(expected);
        assertThat(judge(Arrays.copyOf(whole, length), false)).isEqualTo(expected);
      }
    }
  }

  @Test
  void refusesWhatIsNotWellFormed() {
    byte[] good = new PacketMaker().from(P4).udp();

    assertThat(judge(changed(good, 0, 0x05), true)).isEqualTo(NOT_IP);
    assertThat(judge(changed(good, 0, 0xf5), true)).isEqualTo(NOT_IP);
    assertThat(judge(changed(good, 0, 0x44), true)).isEqualTo(MALFORMED);
    assertThat(judge(changed(good, 0, 0x4f), true)).isEqualTo(MALFORMED);
    assertThat(judge(changed(good, 8, 63), true)).isEqualTo(MALFORMED);
    assertThat(judge(Arrays.copyOf(good, good.length + 1), true)).isEqualTo(MALFORMED);
  }

  private Verdict outbound(String source, String destination) {
    return judge(maker(source, destination).udp(), true);
  }

  private Verdict inbound(String source, String destination) {
    return judge(maker(source, destination).udp(), false);
  }

  private static PacketMaker maker(String source, String destination) {
    return new PacketMaker().from(source).to(destination);
  }

  /** The verdict, for which it must not matter where the packet lies. */
  private Verdict judge(byte[] packet, boolean outbound) {
    ByteBuffer direct = ByteBuffer.allocateDirect(packet.length + 7).put(7, packet);
    byte[] array = new byte[packet.length + 7];
    System.arraycopy(packet, 0, array, 7, packet.length);
    Verdict ofBuffer =
        outbound
            ? filter.outbound(direct, 7, packet.length)
            : filter.inbound(direct, 7, packet.length);

    Verdict ofArray =
        outbound
            ? filter.outbound(array, 7, packet.length)
            : filter.inbound(array, 7, packet.length);

    assertThat(ofBuffer).isEqualTo(ofArray);
    return ofArray;
  }

  private static byte[] changed(byte[] packet, int at, int value) {
    byte[] changed = packet.clone();
    changed[at] = (byte) value;
    return changed;
  }
}
