package dev.teletun.e2e.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.ExtendedMasterSecretMode;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.jspecify.annotations.Nullable;

/** DTLS 1.2 with connection IDs of 6 bytes by Eclipse Californium's Scandium. */
final class ScandiumDtls implements Dtls {
  private static final int ID_BYTES = 6;
  private static final int MOMENT_MILLIS = 50;

  private final DTLSConnector connector;
  private final BlockingQueue<RawData> packets = new LinkedBlockingQueue<>();
  private @Nullable EndpointContext peer;

  private ScandiumDtls(PeerKeys keys, DtlsRole role, int port, @Nullable EndpointContext peer)
      throws IOException {
    this.peer = peer;
    var config =
        DtlsConnectorConfig.builder(new Configuration())
            .setAddress(new InetSocketAddress(port))
            .set(DtlsConfig.DTLS_ROLE, role)
            .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
            .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
            .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, 500, TimeUnit.MILLISECONDS)
            .set(DtlsConfig.DTLS_EXTENDED_MASTER_SECRET_MODE, ExtendedMasterSecretMode.REQUIRED)
            .set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false)
            .setAsList(
                DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
            .setCertificateIdentityProvider(
                new SingleCertificateProvider(
                    keys.key(), new Certificate[] {keys.own()}, CertificateType.X_509))
            .setAdvancedCertificateVerifier(
                new StaticNewAdvancedCertificateVerifier.Builder()
                    .setTrustedCertificates(new X509Certificate[] {keys.peer()})
                    .build())
            .setConnectionIdGenerator(new SingleNodeConnectionIdGenerator(ID_BYTES));
    if (role == DtlsRole.SERVER_ONLY) {
      config.set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED);
    }
    connector = new DTLSConnector(config.build());
    connector.setRawDataReceiver(packets::add);
    connector.start();
  }

  /** Shakes hands with its first packet. */
  static ScandiumDtls dial(PeerKeys keys, InetSocketAddress server) throws IOException {
    return new ScandiumDtls(keys, DtlsRole.CLIENT_ONLY, 0, new AddressEndpointContext(server));
  }

  /** Takes clients at {@code port}. */
  static ScandiumDtls accept(PeerKeys keys, int port) throws IOException {
    return new ScandiumDtls(keys, DtlsRole.SERVER_ONLY, port, null);
  }

  @Override
  public void send(byte[] packet) {
    if (peer != null) {
      connector.send(RawData.outbound(packet, peer, null, false));
    }
  }

  @Override
  public byte @Nullable [] receive() throws IOException {
    try {
      RawData packet = packets.poll(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
      if (packet == null) {
        return null;
      }
      peer = packet.getEndpointContext();
      return packet.getBytes();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    connector.destroy();
  }
}
