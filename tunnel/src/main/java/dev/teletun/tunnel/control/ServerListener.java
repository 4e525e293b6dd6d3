package dev.teletun.tunnel.control;

import dev.teletun.dtls.control.ControlTls;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;

/**
 * Accepts control connections: TLS with the client's pin, then hands the session on. A few
 * handshakes go on at once, each with a deadline.
 *
 * <p>Threads: {@code control-accept}, and one {@code control-N} for each connection.
 */
public final class ServerListener implements Closeable {

  /** Takes a session whose client is authenticated. */
  public interface Handler {
    /** Runs on the session's own thread; the connection is closed when it returns. */
    void serve(ServerSession session) throws IOException;

    /** The same for a connection that is to carry packets. */
    default void carry(DataConnection connection) throws IOException {}
  }

  private static final Duration HANDSHAKE_DEADLINE = Duration.ofSeconds(5);
  private static final List<String> SPOKEN =
      List.of(ControlTls.VERSION_2, ControlTls.VERSION_2_DATA);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

  private final ServerSocket listener;
  private final Identity own;
  private final Pin client;
  private final Handler handler;
  private final Consumer<String> log;
  private final RareLog strangers;
  private final Events connections =
      new Events("accepted", "authenticated", "not_authenticated", "silent");
  private final HalfOpen halfOpen = new HalfOpen();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger number = new AtomicInteger();

  private ServerListener(
      ServerSocket listener, Identity own, Pin client, Handler handler, Consumer<String> log) {
    this.listener = listener;
    this.own = own;
    this.client = client;
    this.handler = handler;
    this.log = log;
    this.strangers = new RareLog(log, System::nanoTime);
  }

  /** Listens on {@code port} of every address, both families. */
  public static ServerListener open(
      int port, Identity own, Pin client, Handler handler, Consumer<String> log)
      throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(port));
    } catch (IOException e) {
      listener.close();
      throw new IOException(
          "cannot listen on TCP port %d: %s. Another program has it (ss -ltnp), or it is below 1024; choose another -port"
              .formatted(port, e.getMessage()),
          e);
    }
    ServerListener server = new ServerListener(listener, own, client, handler, log);
    Thread.ofPlatform().name("control-accept").daemon().start(server::acceptAll);
    return server;
  }

  /** The port, also when 0 asked the kernel for one. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Makes its counters readable, on any thread. */
  public void register(Counters to) {
    to.family("teletun_connections", "TLS connections.", "event", connections::read);
  }

  private void acceptAll() {
    String lastFailure = "";
    while (!listener.isClosed()) {
      try {
        begin(listener.accept());
        connections.count("accepted");
        lastFailure = "";
      } catch (IOException e) {
        String failure = String.valueOf(e.getMessage());
        if (!listener.isClosed() && !failure.equals(lastFailure)) {
          log.accept("accept failed: " + failure);
        }
        lastFailure = failure;
        LockSupport.parkNanos(AFTER_FAILURE.toNanos()); // such as no descriptor left: comes again
      }
    }
  }

  private void begin(Socket accepted) throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      open.add(onFailure.own(accepted));
      onFailure.own(() -> forget(accepted));
      halfOpen.admit(accepted);
      Thread.ofPlatform()
          .name("control-" + number.incrementAndGet())
          .daemon()
          .start(() -> serve(accepted));
      onFailure.handOver();
    } catch (OutOfMemoryError e) { // "unable to create native thread": who listens must stay
      throw new IOException("no thread for a connection: " + e.getMessage(), e);
    }
  }

  private void forget(Socket accepted) {
    halfOpen.remove(accepted);
    open.remove(accepted);
  }

  private void serve(Socket accepted) {
    boolean authenticated = false;
    try (accepted) {
      Optional<SSLSocket> answered = authenticate(accepted);
      if (answered.isEmpty()) {
        connections.count("silent");
        return;
      }
      SSLSocket tls = answered.get();
      authenticated = true;
      connections.count("authenticated");
      if (ControlTls.VERSION_2_DATA.equals(ControlTls.agreed(tls))) {
        handler.carry(new DataConnection(tls, accepted));
      } else {
        handler.serve(new ServerSession(tls, accepted));
      }
    } catch (IOException e) {
      String client =
          Addresses.text(new InetSocketAddress(accepted.getInetAddress(), accepted.getPort()));
      String line =
          "control connection from %s ended: %s"
              .formatted(client, ControlTls.explain(e).getMessage());
      if (authenticated) {
        log.accept(line);
      } else {
        connections.count("not_authenticated");
        strangers.accept(line);
      }
    } finally {
      forget(accepted);
    }
  }

  /** Empty for one who leaves without a word: so do probes that ask whether the port answers. */
  private Optional<SSLSocket> authenticate(Socket accepted) throws IOException {
    Deadline deadline = new Deadline(accepted, HANDSHAKE_DEADLINE);
    try (deadline) {
      accepted.setTcpNoDelay(true);
      SilentPeer.noticeOn(accepted);
      byte[] heard = firstByte(accepted);
      if (heard.length == 0) {
        return Optional.empty();
      }
      SSLSocket tls =
          ControlTls.server(accepted, new ByteArrayInputStream(heard), own, client, SPOKEN);
      tls.startHandshake();
      return Optional.of(tls);
    } finally {
      halfOpen.remove(accepted);
    }
  }

  private static byte[] firstByte(Socket accepted) throws IOException {
    try {
      return accepted.getInputStream().readNBytes(1);
    } catch (IOException e) {
      if (accepted.isClosed()) { // by us: its time is over
        throw e;
      }
      return new byte[0]; // reset
    }
  }

  /** Closes the listener and every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
