package dev.teletun.tunnel.control;

import dev.teletun.dtls.control.ControlTls;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.NulTerminated;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;

/**
 * The client's side of a version 1 control session: the addresses and the resolv.conf that the
 * server sent, and a connection that stays open until either side ends it.
 */
public final class ClientSession implements Closeable {
  private static final int MOST_ADDRESS_BYTES = 8 * 1024;
  private static final int MOST_RESOLV_CONF_BYTES = 64 * 1024;
  private static final int JOIN_MILLIS = 2_000;

  private final Socket socket;
  private final AddressList addresses;
  private final String resolvConf;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean closing;

  private ClientSession(Socket socket, AddressList addresses, String resolvConf) {
    this.socket = socket;
    this.addresses = addresses;
    this.resolvConf = resolvConf;
  }

  /**
   * Dials, authenticates both sides and reads what the server says first.
   *
   * @param patience for all of it together
   * @throws SlotBusyException if the server closes before it sends an address
   * @throws dev.teletun.dtls.control.PeerNotTrustedException if either side refuses the other's key
   */
  public static ClientSession dial(
      InetSocketAddress server, Identity own, Pin pin, Duration patience) throws IOException {
    Socket tcp = new Socket();
    Deadline deadline = new Deadline(tcp, patience);
    try {
      tcp.connect(server, Math.toIntExact(patience.toMillis()));
      ClientSession session = greet(tcp, own, pin, server);
      deadline.close();
      session.watch();
      return session;
    } catch (IOException e) {
      boolean late = deadline.passed() || e instanceof SocketTimeoutException;
      deadline.close();
      tcp.close();
      throw late ? tooLate(server, patience, e) : explain(server, e);
    }
  }

  private static ClientSession greet(Socket tcp, Identity own, Pin pin, InetSocketAddress server)
      throws IOException {
    tcp.setTcpNoDelay(true);
    tcp.setKeepAlive(true);
    SSLSocket tls = ControlTls.client(tcp, own, pin);
    try {
      tls.startHandshake();
      InputStream in = tls.getInputStream();
      int first = in.read(); // TLS 1.3 says only now that the server refused our key
      if (first < 0) {
        throw new SlotBusyException(Addresses.text(server));
      }
      AddressList addresses =
          AddressList.parse(
              ascii(NulTerminated.read(putBack(first, in), MOST_ADDRESS_BYTES, "address list")));
      String resolvConf = ascii(NulTerminated.read(in, MOST_RESOLV_CONF_BYTES, "resolv.conf"));
      return new ClientSession(tls, addresses, resolvConf);
    } catch (IOException e) {
      throw ControlTls.explain(e);
    }
  }

  private static InputStream putBack(int first, InputStream rest) {
    return new SequenceInputStream(new ByteArrayInputStream(new byte[] {(byte) first}), rest);
  }

  private static String ascii(byte[] text) {
    return new String(text, NulTerminated.CHARSET);
  }

  private static IOException tooLate(InetSocketAddress server, Duration patience, IOException e) {
    return new IOException(
        ("%s did not answer within %d s over TCP. Check the address and port, that"
                + " server-external runs, and that no firewall drops TCP on the way")
            .formatted(Addresses.text(server), patience.toSeconds()),
        e);
  }

  private static IOException explain(InetSocketAddress server, IOException e) {
    boolean unreachable = String.valueOf(e.getMessage()).contains("unreachable");
    if (e instanceof ConnectException
        || e instanceof NoRouteToHostException
        || (e instanceof SocketException && unreachable)) {
      return new IOException(
          "cannot connect to %s over TCP: %s. Check the address and port, and that server-external runs"
              .formatted(Addresses.text(server), e.getMessage()),
          e);
    }
    return e;
  }

  private void watch() {
    Thread.ofPlatform().name("control").daemon().start(this::awaitEnd);
  }

  private void awaitEnd() {
    try {
      byte[] ignored = new byte[4096];
      InputStream in = socket.getInputStream();
      while (in.read(ignored) >= 0) {
        // Version 1 says nothing more; later versions speak another protocol.
      }
      end(new IOException("the server closed the control connection"));
    } catch (IOException e) {
      end(new IOException("the control connection broke: " + e.getMessage(), e));
    }
  }

  private void end(IOException why) {
    if (closing) {
      ended.complete(null);
    } else {
      ended.completeExceptionally(why);
    }
  }

  /** What the server said the client's addresses are. */
  public AddressList addresses() {
    return addresses;
  }

  /** The server's resolv.conf as it came, not to be trusted. */
  public String resolvConf() {
    return resolvConf;
  }

  /** Completes normally after {@link #close}, else with why the session ended. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** Says goodbye and closes the connection. */
  @Override
  public void close() throws IOException {
    closing = true;
    socket.setSoLinger(true, JOIN_MILLIS / 1000);
    socket.close();
    ended.complete(null);
  }
}
