package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A real HTTPS server that knows one pod, whose certificate is for the given names only. */
public final class HttpsStub implements Closeable {
  private static final char[] PASSWORD = "changeit".toCharArray();

  // by its names: making one takes a second
  private static final Map<String, KeyStore> MADE = new ConcurrentHashMap<>();

  private final HttpsServer https;
  private final Certificate certificate;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  private HttpsStub(HttpsServer https, Certificate certificate) {
    this.https = https;
    this.certificate = certificate;
  }

  /** As keytool writes it: {@code dns:api.example,ip:127.0.0.1}. */
  static HttpsStub named(Path directory, String alternativeNames) throws Exception {
    KeyStore keys = keyPair(directory, "server", alternativeNames);
    SSLContext context = context(keys);
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = context.getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    HttpsStub stub = new HttpsStub(https, keys.getCertificate("server"));
    https.createContext("/", exchange -> stub.answer((HttpsExchange) exchange));
    https.start();
    return stub;
  }

  /** What a server of these names needs for TLS. */
  public static SSLContext context(Path directory, String alternativeNames) throws Exception {
    return context(keyPair(directory, "server", alternativeNames));
  }

  private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
    return context;
  }

  /** A new EC key with a certificate of its own, by the JDK's keytool. */
  static KeyStore keyPair(Path directory, String alias, String alternativeNames)
      throws IOException, InterruptedException, GeneralSecurityException {
    KeyStore made = MADE.get(alias + alternativeNames);
    if (made != null) {
      return made;
    }
    Path file = directory.resolve(alias + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + alias,
                "-ext",
                "SAN=" + alternativeNames,
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                String.valueOf(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed");
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    MADE.put(alias + alternativeNames, store);
    return store;
  }

  static String pem(String type, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), type);
  }

  static String privateKeyPem(KeyStore store, String alias) throws GeneralSecurityException {
    return pem("PRIVATE KEY", store.getKey(alias, PASSWORD).getEncoded());
  }

  private void answer(HttpsExchange exchange) throws IOException {
    String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    String as = String.valueOf(exchange.getRequestHeaders().getFirst("Impersonate-User"));
    asked.add("%s as %s by %s at %s".formatted(token, as, peer(exchange), requestedName(exchange)));
    boolean no = refused.contains(token);
    byte[] body =
        (no
                ? "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":401}"
                : "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"web-0\"}}")
            .getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(no ? 401 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String peer(HttpsExchange exchange) {
    try {
      return exchange.getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException _) {
      return "nobody";
    }
  }

  private static String requestedName(HttpsExchange exchange) {
    return exchange.getSSLSession() instanceof ExtendedSSLSession session
            && !session.getRequestedServerNames().isEmpty()
        ? new String(session.getRequestedServerNames().getFirst().getEncoded(), UTF_8)
        : "no name";
  }

  /** Answers 401 to that token from now on. */
  void refuse(String token) {
    refused.add("Bearer " + token);
  }

  /** Authorization, impersonated user, certificate and requested server name of each request. */
  List<String> asked() {
    return asked;
  }

  String url() {
    return "https://127.0.0.1:" + https.getAddress().getPort();
  }

  /** The authority behind it, as a kubeconfig has it. */
  String authority() throws GeneralSecurityException {
    return Base64.getEncoder()
        .encodeToString(pem("CERTIFICATE", certificate.getEncoded()).getBytes(UTF_8));
  }

  @Override
  public void close() {
    https.stop(0);
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
