package dev.teletun.client.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.teletun.protocol.address.Addresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;

/** The checksums of both directions meet the kernel's in {@code DnsProbeIT}. */
class DnsProbeTest {
  private static final int PORT = 40_001;
  private static final int ID = 0xbeef;

  @ParameterizedTest
  @CsvSource({"10.0.2.7, 10.96.0.10, 28, 1", "fd00::7, fd00::a, 48, 28"})
  void asksForTheNameInAWellFormedQuery(String p, String server, int dns, int type)
      throws Exception {
    byte[] packet =
        DnsProbe.packet(
            Addresses.parse(p), Addresses.parse(server), PORT, ID, "kubernetes.default.svc");

    Message query = new Message(Arrays.copyOfRange(packet, dns, packet.length));
    assertThat(query.getHeader().getID()).isEqualTo(ID);
    assertThat(query.getQuestion().getName()).hasToString("kubernetes.default.svc.");
    assertThat(query.getQuestion().getType()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource({"10.0.2.7, 10.96.0.10", "fd00::7, fd00::a"})
  void knowsItsAnswerAndNothingElse(String p, String server) {
    InetAddress own = Addresses.parse(p);
    InetAddress theirs = Addresses.parse(server);
    byte[] answer = mirrored(DnsProbe.packet(own, theirs, PORT, ID, "example"));

    assertThat(DnsProbe.answers(answer, 0, answer.length, own, theirs, PORT, ID)).isTrue();
    assertThat(DnsProbe.answers(answer, 0, answer.length, own, theirs, PORT + 1, ID)).isFalse();
    assertThat(DnsProbe.answers(answer, 0, answer.length, own, theirs, PORT, ID + 1)).isFalse();
    assertThat(DnsProbe.answers(answer, 0, answer.length, theirs, own, PORT, ID)).isFalse();
    for (int length = 0; length < answer.length; length++) {
      assertThat(DnsProbe.answers(answer, 0, length, own, theirs, PORT, ID)).isFalse();
    }
    for (int at = own.getAddress().length == 4 ? 20 : 40; at < answer.length; at++) {
      byte[] damaged = answer.clone();
      damaged[at] ^= 0x10;
      assertThat(DnsProbe.answers(damaged, 0, damaged.length, own, theirs, PORT, ID)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"10.0.2.7, 10.96.0.10, 20, 0", "fd00::7, fd00::a, 40, 129"})
  void knowsTheReplyToItsEchoRequest(String p, String target, int icmp, int replyType) {
    InetAddress own = Addresses.parse(p);
    InetAddress theirs = Addresses.parse(target);
    byte[] request = DnsProbe.echoRequest(own, theirs, 7, 1);
    byte[] reply = DnsProbe.echoRequest(theirs, own, 7, 1);
    ByteBuffer sum = ByteBuffer.wrap(reply);
    int typeChange = (request[icmp] & 0xff) - replyType;
    reply[icmp] = (byte) replyType;
    sum.putShort(icmp + 2, (short) (sum.getShort(icmp + 2) + (typeChange << 8)));

    assertThat(DnsProbe.answersEcho(reply, 0, reply.length, own, theirs, 7, 1)).isTrue();
    assertThat(DnsProbe.answersEcho(reply, 0, reply.length, own, theirs, 7, 2)).isFalse();
    assertThat(DnsProbe.answersEcho(request, 0, request.length, own, theirs, 7, 1)).isFalse();
    for (int length = 0; length < reply.length; length++) {
      assertThat(DnsProbe.answersEcho(reply, 0, length, own, theirs, 7, 1)).isFalse();
    }
  }

  @Test
  void refusesToMixFamilies() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            DnsProbe.packet(Addresses.parse("10.0.0.1"), Addresses.parse("fd00::a"), PORT, ID, "x"))
        .withMessageContaining("different families");
  }

  /** The query sent back as a response: addresses and ports swapped, QR set, sums kept right. */
  private static byte[] mirrored(byte[] query) {
    byte[] answer = query.clone();
    boolean v6 = answer[0] >> 4 == 6;
    int each = v6 ? 16 : 4;
    int addresses = v6 ? 8 : 12;
    int udp = v6 ? 40 : 20;
    System.arraycopy(query, addresses, answer, addresses + each, each);
    System.arraycopy(query, addresses + each, answer, addresses, each);
    System.arraycopy(query, udp, answer, udp + 2, 2);
    System.arraycopy(query, udp + 2, answer, udp, 2);
    ByteBuffer buffer = ByteBuffer.wrap(answer);
    buffer.put(udp + 10, (byte) (answer[udp + 10] | 0x80));
    int sum = (buffer.getShort(udp + 6) & 0xffff) - 0x8000; // RFC 1624 for one changed word
    buffer.putShort(udp + 6, (short) (sum < 0 ? sum + 0xffff : sum));
    return answer;
  }
}
