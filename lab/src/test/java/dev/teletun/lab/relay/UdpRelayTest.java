package dev.teletun.lab.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UdpRelayTest {

  @Test
  void givesEachClientItsOwnPortAndItsOwnAnswers() throws IOException {
    try (DatagramSocket server = socket();
        UdpRelay relay = UdpRelay.start(at(server), Passage.CLEAR, Passage.CLEAR);
        DatagramSocket one = socket();
        DatagramSocket two = socket()) {
      send(one, relay.address(), "one");
      DatagramPacket ofOne = receive(server);
      send(two, relay.address(), "two");
      DatagramPacket ofTwo = receive(server);
      assertThat(ofOne.getPort()).isNotEqualTo(ofTwo.getPort());

      send(server, (InetSocketAddress) ofTwo.getSocketAddress(), "to two");
      send(server, (InetSocketAddress) ofOne.getSocketAddress(), "to one");

      assertThat(text(receive(one))).isEqualTo("to one");
      assertThat(text(receive(two))).isEqualTo("to two");
    }
  }

  @Test
  void deliversAHeldDatagramBehindTheOthers() throws IOException {
    Impairment late = Impairment.NONE.delaying(Duration.ofMillis(200), Duration.ZERO);
    boolean[] first = {true};
    Passage passage =
        (datagram, exit) -> {
          exit.arrives(datagram, first[0] ? late.delay() : Duration.ZERO);
          first[0] = false;
        };
    try (DatagramSocket server = socket();
        UdpRelay relay = UdpRelay.start(at(server), passage, Passage.CLEAR);
        DatagramSocket client = socket()) {
      send(client, relay.address(), "late");
      send(client, relay.address(), "soon");

      assertThat(text(receive(server))).isEqualTo("soon");
      assertThat(text(receive(server))).isEqualTo("late");
    }
  }

  private static DatagramSocket socket() throws IOException {
    return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static InetSocketAddress at(DatagramSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static void send(DatagramSocket by, InetSocketAddress to, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    by.send(new DatagramPacket(bytes, bytes.length, to));
  }

  private static DatagramPacket receive(DatagramSocket at) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    at.receive(packet);
    return packet;
  }

  private static String text(DatagramPacket packet) {
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
  }
}
