package dev.teletun.dtls.handshake;

import dev.teletun.dtls.keys.Identity;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** BouncyCastle's own DTLS, record layer included, on a thread; sends every packet back. */
final class BouncyCastleEnd implements DatagramTransport, Closeable {
  /** Packets received, as text. */
  final List<String> packets = new CopyOnWriteArrayList<>();

  private static final int LIMIT = 1400;

  private final DatagramSink out;
  private final Identity own;
  private final byte @Nullable [] id;
  private final BcTlsCrypto crypto = new BcTlsCrypto();
  private final BlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable IOException failure;

  private interface Role {
    DTLSTransport shakeHands() throws IOException;
  }

  private BouncyCastleEnd(boolean server, Identity own, byte @Nullable [] id, DatagramSink out) {
    this.own = own;
    this.id = id;
    this.out = out;
    Role role =
        server
            ? () -> new DTLSServerProtocol().accept(new Server(), this)
            : () -> new DTLSClientProtocol().connect(new Client(), this);
    this.thread = new Thread(() -> run(role, server), "bouncy-castle");
  }

  /** {@code id} null: knows no connection IDs; empty: wants none and writes the peer's. */
  static BouncyCastleEnd server(Identity own, byte @Nullable [] id, DatagramSink out) {
    return new BouncyCastleEnd(true, own, id, out);
  }

  /** As {@link #server}; sends {@code hello} first. */
  static BouncyCastleEnd client(Identity own, byte @Nullable [] id, DatagramSink out) {
    return new BouncyCastleEnd(false, own, id, out);
  }

  void start() {
    thread.start();
  }

  void deliver(byte[] bytes, int at, int length) {
    arrived.add(Arrays.copyOfRange(bytes, at, at + length));
  }

  @Nullable IOException failure() {
    return failure;
  }

  private void run(Role role, boolean server) {
    try {
      DTLSTransport transport = role.shakeHands();
      byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
      if (!server) {
        transport.send(hello, 0, hello.length);
      }
      byte[] bytes = new byte[transport.getReceiveLimit()];
      while (!closed) {
        int length = transport.receive(bytes, 0, bytes.length, 100);
        if (length > 0) {
          packets.add(new String(bytes, 0, length, StandardCharsets.US_ASCII));
          if (server) {
            transport.send(bytes, 0, length);
          }
        }
      }
    } catch (IOException e) {
      failure = closed ? null : e;
    }
  }

  @Override
  public int receive(byte[] into, int at, int length, int waitMillis) throws IOException {
    try {
      byte[] datagram = closed ? null : arrived.poll(waitMillis, TimeUnit.MILLISECONDS);
      if (closed) {
        throw new InterruptedIOException("closed");
      }
      if (datagram == null) {
        return -1;
      }
      System.arraycopy(datagram, 0, into, at, datagram.length);
      return datagram.length;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public void send(byte[] bytes, int at, int length) {
    out.send(bytes, at, length);
  }

  @Override
  public int getReceiveLimit() {
    return LIMIT;
  }

  @Override
  public int getSendLimit() {
    return LIMIT;
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class Client extends AbstractTlsClient {
    Client() {
      super(crypto);
    }

    @Override
    protected byte @Nullable [] getNewConnectionID() {
      return id;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
      return Negotiation.allSuites();
    }

    @Override
    public TlsAuthentication getAuthentication() {
      return new TlsAuthentication() {
        @Override
        public void notifyServerCertificate(TlsServerCertificate certificate) {}

        @Override
        public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
          return Negotiation.signer(
              own,
              crypto,
              new TlsCryptoParameters(context),
              request.getSupportedSignatureAlgorithms());
        }
      };
    }
  }

  private final class Server extends AbstractTlsServer {
    Server() {
      super(crypto);
    }

    @Override
    protected byte @Nullable [] getNewConnectionID() {
      return id;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
      return Negotiation.suitesOf(own);
    }

    @Override
    public TlsCredentials getCredentials() throws IOException {
      return Negotiation.signer(
          own,
          crypto,
          new TlsCryptoParameters(context),
          context.getSecurityParametersHandshake().getClientSigAlgs());
    }

    @Override
    public CertificateRequest getCertificateRequest() {
      return new CertificateRequest(
          new short[] {ClientCertificateType.ecdsa_sign}, Negotiation.signatures(), null);
    }

    @Override
    public void notifyClientCertificate(org.bouncycastle.tls.Certificate certificate) {}
  }
}
