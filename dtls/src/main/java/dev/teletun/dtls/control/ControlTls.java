package dev.teletun.dtls.control;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * TLS 1.3 around a connected socket: own key, one pinned peer, no resumption.
 *
 * <p>Every connection has a context of its own, so there is nothing a session could be resumed
 * from.
 */
public final class ControlTls {
  /** ALPN name (RFC 7301) of the control session of protocol version 2. */
  public static final String VERSION_2 = "teletun/2";

  /** ALPN name of a connection that carries packets where UDP does not get through. */
  public static final String VERSION_2_DATA = "teletun-data/2";

  private static final String[] TLS_1_3 = {"TLSv1.3"};

  /** What peers answer to a certificate they do not want (RFC 8446 §6.2), with JSSE's names. */
  private static final String NO_TLS = "Unsupported or unrecognized SSL message"; // JSSE's words

  private static final Pattern REFUSED =
      Pattern.compile(
          "Received fatal alert: (bad_certificate|certificate_unknown|access_denied|unknown_ca"
              + "|certificate_required|unsupported_certificate|certificate_expired"
              + "|certificate_revoked)");

  private ControlTls() {}

  /** As {@link #client(Socket, Identity, Pin, List)} with nothing offered: protocol version 1. */
  public static SSLSocket client(Socket connected, Identity own, Pin server) throws IOException {
    return client(connected, own, server, List.of());
  }

  /**
   * The client's side; the handshake is not started. Closing the result closes {@code connected}.
   *
   * @param offered ALPN names, the best first; a server that selects another one ends the handshake
   */
  public static SSLSocket client(Socket connected, Identity own, Pin server, List<String> offered)
      throws IOException {
    String address = connected.getInetAddress().getHostAddress(); // an address: no SNI
    LingeringSocket lingering = new LingeringSocket(connected);
    PinTrust trust = new PinTrust(server, lingering::lingerOnClose);
    SSLSocket socket =
        (SSLSocket) factory(own, trust).createSocket(lingering, address, connected.getPort(), true);
    socket.setUseClientMode(true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(TLS_1_3);
    parameters.setApplicationProtocols(offered.toArray(String[]::new));
    socket.setSSLParameters(parameters);
    return socket;
  }

  /** As {@link #server(Socket, Identity, Pin, List)} with nothing spoken: protocol version 1. */
  public static SSLSocket server(Socket accepted, Identity own, Pin client) throws IOException {
    return server(accepted, own, client, List.of());
  }

  /**
   * The server's side, which requires the client's certificate; the handshake is not started.
   * Closing the result closes {@code accepted}.
   *
   * @param spoken ALPN names, the best first. A client that offers none of them is not refused: it
   *     speaks version 1, whatever else its list says.
   */
  public static SSLSocket server(Socket accepted, Identity own, Pin client, List<String> spoken)
      throws IOException {
    return server(accepted, InputStream.nullInputStream(), own, client, spoken);
  }

  /**
   * The same for a connection of which something has been read.
   *
   * @param heard what has been read
   */
  public static SSLSocket server(
      Socket accepted, InputStream heard, Identity own, Pin client, List<String> spoken)
      throws IOException {
    LingeringSocket lingering = new LingeringSocket(accepted);
    PinTrust trust = new PinTrust(client, lingering::lingerOnClose);
    SSLSocket socket = (SSLSocket) factory(own, trust).createSocket(lingering, heard, true);
    socket.setUseClientMode(false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(TLS_1_3);
    parameters.setNeedClientAuth(true);
    socket.setSSLParameters(parameters);
    socket.setHandshakeApplicationProtocolSelector((_, offered) -> select(spoken, offered));
    return socket;
  }

  /** The empty name is "no ALPN"; with null, JSSE would send no_application_protocol. */
  private static String select(List<String> spoken, List<String> offered) {
    return spoken.stream().filter(offered::contains).findFirst().orElse("");
  }

  /**
   * The ALPN name that both sides agreed on; {@code ""} is version 1.
   *
   * @throws IllegalStateException before the handshake is over
   */
  public static String agreed(SSLSocket socket) {
    String name = socket.getApplicationProtocol();
    if (name == null) {
      throw new IllegalStateException("the handshake is not over: ask after the first read");
    }
    return name;
  }

  /**
   * Says of a failed handshake, read or write whether trust was the reason. With TLS 1.3 a client
   * learns only from its first read that the server refused its key.
   *
   * @return a {@link PeerNotTrustedException} that has {@code failure} as its cause, or {@code
   *     failure} itself
   */
  public static IOException explain(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PinTrust.WrongKey wrong) {
        return PeerNotTrustedException.weRefused(wrong.found, wrong.expected, failure);
      }
      if (cause instanceof PinTrust.TooLarge) {
        return new IOException(cause.getMessage(), failure);
      }
      if (cause instanceof SSLException && NO_TLS.equals(cause.getMessage())) {
        return new IOException(
            "whoever answered speaks no TLS: another program has the port, or something on the way answers for the server, as a captive portal does. Open a web page to see",
            failure);
      }
      if (cause instanceof SSLException && cause.getMessage() != null) {
        Matcher refused = REFUSED.matcher(cause.getMessage());
        if (refused.find()) {
          return PeerNotTrustedException.peerRefused(refused.group(1), failure);
        }
      }
    }
    return failure;
  }

  private static SSLSocketFactory factory(Identity own, PinTrust trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {new OwnKey(own)}, new TrustManager[] {trust}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }
}
