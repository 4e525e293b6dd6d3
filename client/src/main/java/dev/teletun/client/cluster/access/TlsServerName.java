package dev.teletun.client.cluster.access;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A kubeconfig's {@code tls-server-name}: the API server is asked for and must present a
 * certificate of this name, whatever its URL says. The JDK's client knows no such thing, so its
 * check of the host is replaced by ours.
 */
final class TlsServerName {
  private static final int DNS_NAME = 2; // RFC 5280 §4.2.1.6, GeneralName
  private static final int IP_ADDRESS = 7;

  private final String name;

  TlsServerName(String name) {
    this.name = name.toLowerCase(Locale.ROOT);
  }

  /**
   * The URL with its host's address in place of the name: the JDK's client would ask for that name.
   * One that does not resolve here, but perhaps at a proxy, stays.
   */
  static String byAddress(String url) {
    URI uri = URI.create(url);
    try {
      InetAddress address = InetAddress.getByName(uri.getHost());
      String host = address.getHostAddress();
      return new URI(
              uri.getScheme(),
              null,
              address instanceof Inet6Address ? "[%s]".formatted(host) : host,
              uri.getPort(),
              uri.getPath(),
              null,
              null)
          .toString();
    } catch (UnknownHostException | URISyntaxException _) {
      return url;
    }
  }

  /** Makes clients that name it in their first message (RFC 6066 §3). */
  JdkHttpClientFactory factory() {
    return new JdkHttpClientFactory() {
      @Override
      protected void additionalConfig(HttpClient.Builder builder) {
        super.additionalConfig(builder);
        SSLParameters parameters = new SSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        builder.sslParameters(parameters);
      }
    };
  }

  /** Trusts whom {@code managers} trust, if the certificate has this name. */
  TrustManager[] trust(TrustManager... managers) {
    return Arrays.stream(managers)
        .map(m -> m instanceof X509ExtendedTrustManager x509 ? new Checked(x509, this) : m)
        .toArray(TrustManager[]::new);
  }

  /** True if the certificate is one of this name; only subject alternative names count. */
  private boolean isIn(X509Certificate certificate) throws CertificateException {
    Collection<List<?>> names =
        Optional.ofNullable(certificate.getSubjectAlternativeNames()).orElse(List.of());
    return names.stream().anyMatch(this::matches);
  }

  private boolean matches(List<?> alternative) {
    if (!(alternative.get(0) instanceof Integer kind)
        || !(alternative.get(1) instanceof String text)) {
      return false;
    }
    String pattern = text.toLowerCase(Locale.ROOT);
    return switch (kind) {
      case IP_ADDRESS -> pattern.equals(name);
      // a star stands for one whole label (RFC 6125 §6.4.3)
      case DNS_NAME ->
          pattern.equals(name)
              || (pattern.startsWith("*.")
                  && name.indexOf('.') > 0
                  && name.substring(name.indexOf('.')).equals(pattern.substring(1)));
      default -> false;
    };
  }

  /** The other checks are the delegate's; those with an engine or a socket add the URL's host. */
  private static final class Checked extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager authorities;
    private final TlsServerName expected;

    Checked(X509ExtendedTrustManager authorities, TlsServerName expected) {
      this.authorities = authorities;
      this.expected = expected;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      authorities.checkServerTrusted(chain, type);
      if (!expected.isIn(chain[0])) {
        throw new CertificateException(
            "its certificate is not one of "
                + expected.name
                + ", the kubeconfig's tls-server-name");
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("we are no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.getAcceptedIssuers();
    }
  }
}
