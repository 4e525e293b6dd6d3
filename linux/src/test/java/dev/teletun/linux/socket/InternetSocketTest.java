package dev.teletun.linux.socket;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class InternetSocketTest {
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(2048);

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void receivesDatagramsOfItsPeerAlone(String loopback) throws Exception {
    InetAddress host = InetAddress.ofLiteral(loopback);
    try (DatagramSocket peer = new DatagramSocket(0, host);
        DatagramSocket stranger = new DatagramSocket(0, host);
        InternetSocket socket =
            InternetSocket.datagram(new InetSocketAddress(host, peer.getLocalPort()), 0)) {
      socket.write(buffer.put(0, "ask".getBytes(US_ASCII)), 0, 3);
      DatagramPacket asked = new DatagramPacket(new byte[16], 16);
      peer.receive(asked);

      stranger.send(new DatagramPacket("lie".getBytes(US_ASCII), 3, asked.getSocketAddress()));
      peer.send(new DatagramPacket("answer".getBytes(US_ASCII), 6, asked.getSocketAddress()));

      assertThat(asked.getLength()).isEqualTo(3);
      assertThat(readAll(socket, 6)).isEqualTo("answer");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void carriesAStreamBothWaysAndSeesItsEnd(String loopback) throws Exception {
    InetAddress host = InetAddress.ofLiteral(loopback);
    try (StreamListener listener = StreamListener.bind(new InetSocketAddress(host, 0));
        Socket client = new Socket(host, listener.localAddress().getPort());
        InternetSocket accepted = acceptFrom(listener)) {
      client.getOutputStream().write("hello".getBytes(US_ASCII));
      assertThat(readAll(accepted, 5)).isEqualTo("hello");

      accepted.write(buffer.put(0, "there".getBytes(US_ASCII)), 0, 5);
      assertThat(client.getInputStream().readNBytes(5)).asString(US_ASCII).isEqualTo("there");

      client.shutdownOutput();
      assertThat(readAll(accepted, 1)).isEmpty();
    }
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      nobody = new InetSocketAddress(gone.getInetAddress(), gone.getLocalPort());
    }
    try (InternetSocket socket = InternetSocket.stream(nobody, 0)) {

      assertThatExceptionOfType(SyscallException.class)
          .isThrownBy(socket::requireConnected)
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ECONNREFUSED));
    }
  }

  @Test
  void namesThePortThatIsTaken() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (StreamListener first = StreamListener.bind(any)) {
      assertThatExceptionOfType(SyscallException.class)
          .isThrownBy(() -> StreamListener.bind(first.localAddress()))
          .withMessageContaining("bind(TCP /127.0.0.1:" + first.localAddress().getPort());
    }
  }

  private static InternetSocket acceptFrom(StreamListener listener) throws IOException {
    Optional<InternetSocket> accepted = listener.accept();
    while (accepted.isEmpty()) {
      Thread.onSpinWait();
      accepted = listener.accept();
    }
    return accepted.get();
  }

  /** Reads until so many bytes are there or the stream ends. */
  private String readAll(InternetSocket socket, int bytes) throws IOException {
    int filled = 0;
    int read = 0;
    while (filled < bytes && read >= 0) {
      read = socket.read(buffer, filled, buffer.capacity());
      filled += Math.max(read, 0);
    }
    byte[] copy = new byte[filled];
    buffer.get(0, copy);
    return new String(copy, US_ASCII);
  }
}
