package dev.teletun.dtls.tools;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.elements.AddressEndpointContext;
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

/** A DTLS end of Eclipse Californium's; a server sends every packet back. Trusts everybody. */
public final class Scandium implements Closeable {
  /** For {@code idLength}: does not know connection IDs. */
  public static final int NO_IDS = -1;

  /** Packets received, as text. */
  public final List<String> packets = new CopyOnWriteArrayList<>();

  private final DTLSConnector connector;

  private Scandium(DtlsRole role, TestKeys own, int idLength) throws IOException {
    var certificate = own.identity().certificate();
    var config =
        DtlsConnectorConfig.builder(new Configuration())
            .setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
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
                    own.identity().privateKey(),
                    new Certificate[] {certificate},
                    CertificateType.X_509))
            .setAdvancedCertificateVerifier(
                new StaticNewAdvancedCertificateVerifier.Builder()
                    .setTrustAllCertificates()
                    .build());
    if (role == DtlsRole.SERVER_ONLY) {
      config.set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED);
    }
    if (idLength >= 0) {
      config.setConnectionIdGenerator(new SingleNodeConnectionIdGenerator(idLength));
    }
    connector = new DTLSConnector(config.build());
  }

  /** Waits for clients on {@link #port()}. */
  public static Scandium server(TestKeys own, int idLength) throws IOException {
    Scandium server = new Scandium(DtlsRole.SERVER_ONLY, own, idLength);
    return server.start(packet -> {
      server.packets.add(text(packet));
      server.connector.send(
          RawData.outbound(packet.getBytes(), packet.getEndpointContext(), null, false));
    });
  }

  /** Dials with its first packet. */
  public static Scandium client(TestKeys own, int idLength) throws IOException {
    Scandium client = new Scandium(DtlsRole.CLIENT_ONLY, own, idLength);
    return client.start(packet -> client.packets.add(text(packet)));
  }

  private Scandium start(org.eclipse.californium.elements.RawDataChannel receiver)
      throws IOException {
    connector.setRawDataReceiver(receiver);
    connector.start();
    return this;
  }

  private static String text(RawData packet) {
    return new String(packet.getBytes(), StandardCharsets.ISO_8859_1);
  }

  /** The server's. */
  public int port() {
    return connector.getAddress().getPort();
  }

  /** The client's. */
  public void send(int port, String packet) {
    var to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    connector.send(
        RawData.outbound(
            packet.getBytes(StandardCharsets.ISO_8859_1),
            new AddressEndpointContext(to),
            null,
            false));
  }

  @Override
  public void close() {
    connector.destroy();
  }
}
