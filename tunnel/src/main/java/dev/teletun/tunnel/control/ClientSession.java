package dev.teletun.tunnel.control;

import dev.teletun.dtls.control.ControlTls;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.NulTerminated;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.MessageReader;
import dev.teletun.protocol.message.MessageWriter;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;

/**
 * The client's side of a control session: the addresses and the resolv.conf that the server sent,
 * and a connection that stays open until either side ends it.
 */
public final class ClientSession implements Closeable {
  private static final int JOIN_MILLIS = 2_000;

  private static final List<String> SPOKEN = List.of(ControlTls.VERSION_2);

  private final SSLSocket socket;
  private final String server;
  private final AddressList addresses;
  private final String resolvConf;
  private final MessageReader messages;
  private volatile boolean closing;
  private volatile long heardNanos = System.nanoTime();

  private ClientSession(SSLSocket socket, String server, AddressList addresses, String resolvConf)
      throws IOException {
    this.socket = socket;
    this.server = server;
    this.addresses = addresses;
    this.resolvConf = resolvConf;
    this.messages = new MessageReader(socket.getInputStream());
  }

  /**
   * Dials, authenticates both sides and reads what the server says first.
   *
   * @param tcp not connected; closed if this fails. Another thread may close it to end the attempt
   * @param patience for all of it together
   * @throws SlotBusyException if the server closes before it sends an address
   * @throws dev.teletun.dtls.control.PeerNotTrustedException if either side refuses the other's key
   */
  public static ClientSession dial(
      Socket tcp, InetSocketAddress server, Identity own, Pin pin, Duration patience)
      throws IOException {
    Deadline deadline = new Deadline(tcp, patience);
    try {
      tcp.connect(server, Math.toIntExact(patience.toMillis()));
      ClientSession session = greet(tcp, own, pin, server);
      deadline.close();
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
    SilentPeer.noticeOn(tcp);
    SSLSocket tls = ControlTls.client(tcp, own, pin, SPOKEN);
    try {
      tls.startHandshake();
      InputStream in = tls.getInputStream();
      int first = in.read(); // TLS 1.3 says only now that the server refused our key
      if (first < 0) {
        throw new SlotBusyException(Addresses.text(server));
      }
      AddressList addresses =
          AddressList.parse(
              ascii(
                  NulTerminated.read(putBack(first, in), AddressList.LIMIT_BYTES, "address list")),
              isVersion2(tls) ? AddressList.Ipv4.OPTIONAL : AddressList.Ipv4.REQUIRED);
      String resolvConf = ascii(NulTerminated.read(in, ResolvConf.LIMIT_BYTES, "resolv.conf"));
      return new ClientSession(tls, Addresses.text(server), addresses, resolvConf);
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
    if (e instanceof SocketException || e.getCause() instanceof EOFException) {
      return new IOException(
          "%s ended the TCP connection before the session began: a firewall on the way, a port forward with nobody behind it, or another program that has the port. Check the port, and what server-external logs"
              .formatted(Addresses.text(server)),
          e);
    }
    return e;
  }

  private static boolean isVersion2(SSLSocket tls) {
    return ControlTls.VERSION_2.equals(ControlTls.agreed(tls));
  }

  /** True if both sides agreed on version 2 of the protocol. */
  public boolean isVersion2() {
    return isVersion2(socket);
  }

  /**
   * Version 2: asks for the pod.
   *
   * @throws SlotBusyException if another client has it
   */
  public ControlMessage.Attached attach(ControlMessage.Attach attach, Duration patience)
      throws IOException {
    try (Deadline _ = new Deadline(socket, patience)) {
      send(attach);
      return switch (messages.read().orElse(null)) {
        case ControlMessage.Attached attached -> attached;
        case ControlMessage.Busy busy ->
            throw new SlotBusyException(server, busy.holder(), busy.since());
        case null -> throw new IOException("%s closed the connection unasked".formatted(server));
        default ->
            throw new ControlException("the server answered something else than attached or busy");
      };
    }
  }

  /**
   * Reads until the connection ends. Answers pings; other messages of version 2 go to {@code
   * handler}, on the calling thread. Returns after {@link #close}.
   *
   * @throws IOException with why the connection ended otherwise
   */
  public void run(Consumer<ControlMessage> handler) throws IOException {
    try {
      if (isVersion2()) {
        readMessages(handler);
      } else {
        readNothing();
      }
    } catch (IOException e) {
      if (!closing) {
        throw new IOException("the control connection broke: " + e.getMessage(), e);
      }
    }
    if (!closing) {
      throw new IOException("the server closed the control connection");
    }
  }

  private void readMessages(Consumer<ControlMessage> handler) throws IOException {
    for (Optional<ControlMessage> next = messages.read();
        next.isPresent();
        next = messages.read()) {
      heardNanos = System.nanoTime();
      if (next.get() instanceof ControlMessage.Ping ping) {
        send(new ControlMessage.Pong(ping.id()));
      } else {
        handler.accept(next.get());
      }
    }
  }

  private void readNothing() throws IOException {
    byte[] ignored = new byte[4096];
    InputStream in = socket.getInputStream();
    while (in.read(ignored) >= 0) {
      heardNanos = System.nanoTime(); // version 1 says nothing more
    }
  }

  /** Version 2: sends one message. Any thread. */
  public void send(ControlMessage message) throws IOException {
    byte[] bytes = MessageWriter.encode(message);
    synchronized (socket) {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }
  }

  /** When the server last said something, on the clock of System.nanoTime. Any thread. */
  public long heardNanos() {
    return heardNanos;
  }

  /** What the server said the client's addresses are. */
  public AddressList addresses() {
    return addresses;
  }

  /** The server's resolv.conf as it came, not to be trusted. */
  public String resolvConf() {
    return resolvConf;
  }

  /** Drops the connection without a word: the session may go on over another. Any thread. */
  public void drop() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Says goodbye, if anybody is there to hear it, and closes the connection. Any thread. */
  @Override
  public void close() throws IOException {
    closing = true;
    try (socket) {
      sayGoodbye();
    }
  }

  private void sayGoodbye() {
    try {
      socket.setSoLinger(true, JOIN_MILLIS / 1000);
      if (isVersion2()) {
        send(new ControlMessage.Bye("the client ends"));
      }
    } catch (IOException _) {
      // The server has gone first.
    }
  }
}
