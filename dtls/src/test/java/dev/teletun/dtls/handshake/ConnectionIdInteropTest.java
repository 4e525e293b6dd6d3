package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.tools.Scandium;
import dev.teletun.dtls.tools.Tool;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connection IDs against Eclipse Californium's Scandium. OpenSSL and GnuTLS know none. */
@Timeout(60)
class ConnectionIdInteropTest {

  /** {@code peersLength}: -1 knows none, 0 wants none and writes ours. */
  @ParameterizedTest(name = "its ID has {0} bytes")
  @CsvSource({"-1, 37, 0", "0, 37, 8", "1, 39, 8", "8, 46, 8", "32, 70, 8"})
  void servesScandium(int peersLength, int overhead, int ownLength) throws Exception {
    try (UdpEnd server = UdpEnd.server(Keys.SERVER, Keys.CLIENT.pin());
        Scandium client = Scandium.client(Keys.CLIENT_FILES, peersLength)) {
      client.send(server.port(), "hello");

      Tool.await("the echo", () -> client.packets.contains("echo:hello"));
      assertForm(server.peer.association(), overhead, ownLength);
    }
  }

  @ParameterizedTest(name = "its ID has {0} bytes")
  @CsvSource({"-1, 37, 0", "0, 37, 8", "1, 39, 8", "8, 46, 8", "32, 70, 8"})
  void dialsScandium(int peersLength, int overhead, int ownLength) throws Exception {
    try (Scandium server = Scandium.server(Keys.SERVER_FILES, peersLength);
        UdpEnd client = UdpEnd.client(server.port(), Keys.CLIENT, Keys.SERVER.pin())) {
      client.sendPacket("hello");

      Tool.await("the echo", () -> client.peer.packets.contains("hello"));
      assertForm(client.peer.association(), overhead, ownLength);
    }
  }

  private static void assertForm(Association association, int overhead, int ownLength) {
    assertThat(association.overhead()).isEqualTo(overhead);
    assertThat(association.ownConnectionId().length()).isEqualTo(ownLength);
    assertThat(association.counters().malformed()).isZero();
  }
}
