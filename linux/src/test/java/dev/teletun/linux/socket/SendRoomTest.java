package dev.teletun.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections on this machine whose other end reads nothing, at first. */
@Timeout(30)
class SendRoomTest {
  private static final int SMALL = 32 * 1024;
  private static final int PIECE = 4 * 1024;
  private static final Duration MOMENT = Duration.ofMillis(20);

  private final CloseStack owned = new CloseStack();
  private Socket near;
  private Socket far;

  @BeforeEach
  void connect() throws IOException {
    connect("127.0.0.1");
  }

  private void connect(String address) throws IOException {
    try (ServerSocket listener = new ServerSocket()) {
      listener.setReceiveBufferSize(SMALL); // inherited: a small window
      listener.bind(new java.net.InetSocketAddress(InetAddress.getByName(address), 0), 1);
      near = owned.own(new Socket(listener.getInetAddress(), listener.getLocalPort()));
      far = owned.own(listener.accept());
    }
  }

  @AfterEach
  void close() throws IOException {
    owned.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void letsLittleWaitInTheKernelAndThereIsRoomAgainOnceTheOtherEndReads(String address)
      throws Exception {
    connect(address);
    SendRoom room = SendRoom.of(near);
    int written = fill(room);

    // The window of the other end, half of the bound and what was written beyond it.
    assertThat(written).isBetween(SMALL / 4, 4 * SMALL + SendRoom.MOST_UNSENT / 2 + PIECE);
    assertThat(far.getInputStream().readNBytes(written)).hasSize(written);
    assertThat(room.await(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void knowsEachEndOfAConnection() throws Exception {
    SendRoom room = SendRoom.of(far);

    assertThat(room.await(MOMENT)).isTrue();
    assertThat(room.bytesPerMilli()).isPositive();
  }

  @Test
  void findsNoConnectionThatIsClosed() throws Exception {
    near.close();

    assertThatExceptionOfType(SocketException.class)
        .isThrownBy(() -> SendRoom.of(near))
        .withMessageContaining("/proc/self/fd");
  }

  private int fill(SendRoom room) throws IOException {
    byte[] piece = new byte[PIECE];
    int written = 0;
    while (room.await(MOMENT)) {
      near.getOutputStream().write(piece);
      written += PIECE;
    }
    return written;
  }
}
