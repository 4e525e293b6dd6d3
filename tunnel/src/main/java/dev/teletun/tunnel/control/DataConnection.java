package dev.teletun.tunnel.control;

import dev.teletun.dtls.control.ControlTls;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.message.Token;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLSocket;

/**
 * A TLS connection that is to carry packets of a session of version 2, until its tokens are
 * exchanged. Both ends are authenticated.
 *
 * @param tcp what {@code tls} runs over: closing it waits for nobody
 */
public record DataConnection(SSLSocket tls, Socket tcp) {
  private static final Duration HELLO_DEADLINE = Duration.ofSeconds(10);
  private static final List<String> SPOKEN = List.of(ControlTls.VERSION_2_DATA);

  /**
   * Client: dials and shows the token.
   *
   * @param tcp not connected; stays the caller's, who may close it on any thread to end the attempt
   * @throws ControlException if the server carries no packets this way
   */
  public static DataConnection dial(
      Socket tcp, InetSocketAddress server, Identity own, Pin pin, Token token, Duration patience)
      throws IOException {
    try (Deadline _ = new Deadline(tcp, patience)) {
      tcp.connect(server, Math.toIntExact(patience.toMillis()));
      tcp.setTcpNoDelay(true);
      SilentPeer.noticeOn(tcp);
      SSLSocket tls = ControlTls.client(tcp, own, pin, SPOKEN);
      tls.startHandshake();
      if (!ControlTls.VERSION_2_DATA.equals(ControlTls.agreed(tls))) {
        throw new ControlException("%s carries no packets over TCP".formatted(server));
      }
      DataConnection connection = new DataConnection(tls, tcp);
      connection.write(DataMessage.hello(token));
      byte[] answer = connection.read(1);
      if (DataMessage.type(answer, 0, answer.length) != DataMessage.HELLO_ACK) {
        throw new ControlException("%s answered a hello with something else".formatted(server));
      }
      return connection;
    } catch (IOException e) {
      throw ControlTls.explain(e);
    }
  }

  /** Server: the token that the client shows, within 10 s. */
  public Token awaitHello() throws IOException {
    try (Deadline _ = new Deadline(tcp, HELLO_DEADLINE)) {
      byte[] hello = read(1 + Token.BYTES);
      if (DataMessage.type(hello, 0, hello.length) != DataMessage.HELLO) {
        throw new ControlException("the client's first message over TCP is no hello");
      }
      return DataMessage.token(hello, 0);
    }
  }

  /** Where the client dialled from, in words. */
  public String client() {
    return Addresses.text(new InetSocketAddress(tcp.getInetAddress(), tcp.getPort()));
  }

  private void write(byte[] message) throws IOException {
    byte[] behindLength = new byte[2 + message.length];
    behindLength[1] = (byte) message.length;
    System.arraycopy(message, 0, behindLength, 2, message.length);
    tls.getOutputStream().write(behindLength);
  }

  /**
   * One message, of exactly {@code bytes}: who says something longer first speaks another tongue.
   */
  private byte[] read(int bytes) throws IOException {
    try {
      DataInputStream in = new DataInputStream(tls.getInputStream());
      int length = in.readUnsignedShort();
      if (length != bytes) {
        throw new ControlException(
            "the peer's first message over TCP has %d bytes instead of %d"
                .formatted(length, bytes));
      }
      return in.readNBytes(bytes);
    } catch (EOFException e) {
      throw new ControlException("the peer closed the connection instead of a first message", e);
    }
  }
}
