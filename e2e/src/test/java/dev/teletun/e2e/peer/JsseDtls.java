package dev.teletun.e2e.peer;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** DTLS 1.2 by the JDK's own SSLEngine over a UDP socket. */
final class JsseDtls implements Dtls {
  private static final int LARGEST_RECORD = 1_472; // what fits an Ethernet over IPv4
  private static final int BUFFER = 1 << 15;
  private static final int MOMENT_MILLIS = 50;
  private static final int FLIGHT_MILLIS = 500;
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final DatagramSocket socket;
  private final SSLEngine engine;
  private final Queue<byte[]> packets = new ArrayDeque<>();
  private ByteBuffer arrived = NOTHING; // records of one datagram
  private @Nullable SocketAddress peer;

  private JsseDtls(DatagramSocket socket, SSLEngine engine, @Nullable SocketAddress peer) {
    this.socket = socket;
    this.engine = engine;
    this.peer = peer;
  }

  static JsseDtls dial(PeerKeys keys, InetSocketAddress server)
      throws IOException, GeneralSecurityException {
    return shakeHands(new DatagramSocket(), keys, server);
  }

  /** Waits for a client at {@code port}. */
  static JsseDtls accept(PeerKeys keys, int port) throws IOException, GeneralSecurityException {
    return shakeHands(new DatagramSocket(port), keys, null);
  }

  private static JsseDtls shakeHands(
      DatagramSocket socket, PeerKeys keys, @Nullable SocketAddress server)
      throws IOException, GeneralSecurityException {
    SSLEngine engine = keys.context("DTLSv1.2").createSSLEngine();
    engine.setUseClientMode(server != null);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {"DTLSv1.2"});
    parameters.setMaximumPacketSize(LARGEST_RECORD);
    parameters.setNeedClientAuth(server == null);
    engine.setSSLParameters(parameters);
    JsseDtls dtls = new JsseDtls(socket, engine, server);
    dtls.shakeHands();
    return dtls;
  }

  private void shakeHands() throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    engine.beginHandshake();
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("no handshake: it waits for " + status);
      }
      status =
          switch (status) {
            case NEED_TASK -> runTasks();
            case NEED_WRAP -> wrap(NOTHING);
            case NEED_UNWRAP_AGAIN -> unwrap(NOTHING);
            default -> receiveFlight();
          };
    }
  }

  private HandshakeStatus runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    return engine.getHandshakeStatus();
  }

  /** Sends its last flight again if nothing comes. */
  private HandshakeStatus receiveFlight() throws IOException {
    if (arrived.hasRemaining() || arrives(FLIGHT_MILLIS)) {
      return unwrap(arrived);
    }
    return peer == null ? engine.getHandshakeStatus() : wrap(NOTHING);
  }

  private HandshakeStatus wrap(ByteBuffer packet) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(BUFFER);
    SSLEngineResult result = engine.wrap(packet, record);
    if (record.position() > 0) {
      byte[] bytes = Arrays.copyOf(record.array(), record.position());
      socket.send(new DatagramPacket(bytes, bytes.length, peer));
    }
    return result.getHandshakeStatus();
  }

  private HandshakeStatus unwrap(ByteBuffer records) throws IOException {
    ByteBuffer packet = ByteBuffer.allocate(BUFFER);
    HandshakeStatus status = engine.unwrap(records, packet).getHandshakeStatus();
    if (packet.position() > 0) {
      packets.add(Arrays.copyOf(packet.array(), packet.position()));
    }
    return status;
  }

  private boolean arrives(int millis) throws IOException {
    DatagramPacket datagram = new DatagramPacket(new byte[BUFFER], BUFFER);
    socket.setSoTimeout(millis);
    try {
      socket.receive(datagram);
    } catch (SocketTimeoutException _) {
      return false;
    }
    peer = datagram.getSocketAddress();
    arrived = ByteBuffer.wrap(datagram.getData(), 0, datagram.getLength());
    return true;
  }

  @Override
  public void send(byte[] packet) throws IOException {
    wrap(ByteBuffer.wrap(packet));
  }

  @Override
  public byte @Nullable [] receive() throws IOException {
    if (packets.isEmpty() && (arrived.hasRemaining() || arrives(MOMENT_MILLIS))) {
      unwrap(arrived);
    }
    return packets.poll();
  }

  @Override
  public void close() {
    socket.close();
  }
}
