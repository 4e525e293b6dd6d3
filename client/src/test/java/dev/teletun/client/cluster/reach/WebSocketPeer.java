package dev.teletun.client.cluster.reach;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/** The server's side of one WebSocket (RFC 6455), as blocking calls of a test. */
final class WebSocketPeer implements Closeable {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int LIMIT_MILLIS = 20_000;
  private static final int FINAL_BINARY = 0x82;
  private static final int FINAL_CLOSE = 0x88;

  private final String scheme;
  private final ServerSocket listener;
  private final List<String> request = new ArrayList<>();
  private Socket connection = new Socket();
  private DataInputStream in = new DataInputStream(DataInputStream.nullInputStream());
  private DataOutputStream out = new DataOutputStream(DataOutputStream.nullOutputStream());

  private WebSocketPeer(String scheme, ServerSocket listener) {
    this.scheme = scheme;
    this.listener = listener;
  }

  static WebSocketPeer plain() throws IOException {
    return by("http", ServerSocketFactory.getDefault());
  }

  /** Behind TLS, as every real API server is. */
  static WebSocketPeer tls(SSLContext context) throws IOException {
    return by("https", context.getServerSocketFactory());
  }

  private static WebSocketPeer by(String scheme, ServerSocketFactory factory) throws IOException {
    return new WebSocketPeer(
        scheme, factory.createServerSocket(0, 1, InetAddress.getLoopbackAddress()));
  }

  String url() {
    return "%s://127.0.0.1:%d".formatted(scheme, listener.getLocalPort());
  }

  /** Request line and header fields. */
  List<String> request() {
    return request;
  }

  /** Accepts a connection and says yes. */
  void accept() throws IOException {
    acceptUnanswered();
    String key =
        request.stream()
            .filter(l -> l.startsWith("Sec-WebSocket-Key:"))
            .map(l -> l.substring(l.indexOf(':') + 1).strip())
            .findFirst()
            .orElseThrow();
    answer(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\nSec-WebSocket-Accept: %s\r\n\r\n"
                .formatted(accepted(key)));
  }

  /** Accepts a connection and reads what it asks for. */
  void acceptUnanswered() throws IOException {
    connection = listener.accept();
    connection.setReceiveBufferSize(64 * 1024);
    connection.setTcpNoDelay(true);
    connection.setSoTimeout(LIMIT_MILLIS);
    in = new DataInputStream(new BufferedInputStream(connection.getInputStream()));
    out = new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
    for (String line = line(); !line.isEmpty(); line = line()) {
      request.add(line);
    }
  }

  void answer(String head) throws IOException {
    out.write(head.getBytes(US_ASCII));
    out.flush();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("ended within a line");
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private static String accepted(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Says which port, as every channel begins. */
  void begin(int port) throws IOException {
    for (int channel = 0; channel < 2; channel++) {
      say(new byte[] {(byte) channel, (byte) port, (byte) (port >> 8)});
    }
  }

  /** One message, whole. */
  void say(byte... message) throws IOException {
    frame(FINAL_BINARY, message);
  }

  void sayClose(int code) throws IOException {
    frame(FINAL_CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  private void frame(int first, byte[] message) throws IOException {
    out.write(first);
    if (message.length < 126) {
      out.write(message.length);
    } else if (message.length < 1 << 16) {
      out.write(126);
      out.writeShort(message.length);
    } else {
      out.write(127);
      out.writeLong(message.length);
    }
    out.write(message);
    out.flush();
  }

  /** What the client says next: a message, or a close. */
  byte[] hear() throws IOException {
    in.readUnsignedByte();
    int size = in.readUnsignedByte() & 0x7f;
    if (size == 126) {
      size = in.readUnsignedShort();
    } else if (size == 127) {
      size = Math.toIntExact(in.readLong());
    }
    byte[] mask = in.readNBytes(4);
    byte[] message = in.readNBytes(size);
    for (int i = 0; i < message.length; i++) {
      message[i] ^= mask[i % 4];
    }
    return message;
  }

  @Override
  public void close() throws IOException {
    connection.close();
    listener.close();
  }
}
