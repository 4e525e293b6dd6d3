package dev.teletun.serverexternal;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Events;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.Token;
import dev.teletun.protocol.unix.Greeting;
import dev.teletun.tunnel.control.DataConnection;
import dev.teletun.tunnel.control.ServerListener;
import dev.teletun.tunnel.control.ServerSession;
import dev.teletun.tunnel.transport.StreamTransport;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Lets one client at a time be the pod: control connections of both versions of the protocol.
 *
 * <p>{@link #serve} runs on the connection's own thread.
 */
final class Sessions implements ServerListener.Handler, Closeable {
  private static final Duration EXPIRY_CHECK = Duration.ofSeconds(10);
  private static final Duration DRAIN = Duration.ofSeconds(2);

  private final EventLoop loop;
  private final Endpoint endpoint;
  private final Slot slot;
  private final Consumer<String> log;
  private final Closeable expiry;
  private final Events events =
      new Events("begun", "resumed", "refused", "left", "lost", "expired", "data", "data_refused");

  Sessions(EventLoop loop, Endpoint endpoint, Consumer<String> log) {
    this.loop = loop;
    this.endpoint = endpoint;
    this.log = log;
    slot = new Slot(System::nanoTime, endpoint::heardNanos, InstantSource.system());
    expiry = loop.every(EXPIRY_CHECK, this::expire);
    endpoint.onPodChanged(this::podChanged);
  }

  /** Makes its counters readable, on any thread. */
  void register(Counters to) {
    to.family("teletun_sessions", "Sessions of clients.", "event", events::read);
  }

  /** Who holds the pod. Any thread. */
  List<Fact> facts() {
    return slot.facts();
  }

  @Override
  public void serve(ServerSession session) throws IOException {
    if (session.isVersion2()) {
      serveVersion2(session);
    } else {
      serveVersion1(session);
    }
  }

  private void serveVersion1(ServerSession session) throws IOException {
    if (!slot.take(session, session.client())) {
      events.count("refused");
      log.accept("refused %s: another client holds the pod".formatted(session.client()));
      return;
    }
    try {
      Greeting text = endpoint.awaitPair(session.client());
      if (text.addresses().ipv4().isEmpty()) {
        throw new IOException(
            "refused %s: version 1 of the protocol needs an IPv4 address, and the pod has only IPv6: use a newer client"
                .formatted(session.client()));
      }
      loop.call(() -> endpoint.begin(session, session.address()));
      session.greet(text.addresses(), text.resolvConf());
      events.count("begun");
      log.accept("client %s is the pod".formatted(session.client()));
      session.awaitEnd();
    } finally {
      if (slot.free(session)) {
        loop.call(() -> endpoint.end(session));
        events.count("left");
        log.accept("client %s left; dropped: %s".formatted(session.client(), endpoint.drops()));
      }
    }
  }

  private void serveVersion2(ServerSession session) throws IOException {
    Greeting text = endpoint.awaitPair(session.client());
    session.greet(text.addresses(), text.resolvConf());
    ControlMessage.Attach attach = session.awaitAttach();
    switch (slot.attach(session, attach)) {
      case Slot.Answer.Held held -> stay(session, text, held);
      case Slot.Answer.Refused refused -> {
        events.count("refused");
        log.accept("refused %s: another client holds the pod".formatted(session.client()));
        session.send(new ControlMessage.Busy(refused.holder(), refused.since()));
      }
    }
  }

  private void stay(ServerSession session, Greeting text, Slot.Answer.Held held)
      throws IOException {
    ServerSession.Ending ending = ServerSession.Ending.LOST;
    try {
      loop.call(() -> endpoint.begin(held.token(), session.address()));
      session.send(new ControlMessage.Attached(held.token(), held.resumed()));
      session.send(facts(text));
      events.count(held.resumed() ? "resumed" : "begun");
      log.accept(
          "client %s %s the pod".formatted(session.client(), held.resumed() ? "is still" : "is"));
      ending = session.serve();
    } finally {
      ended(session, held, ending);
    }
  }

  private void ended(ServerSession session, Slot.Answer.Held held, ServerSession.Ending ending)
      throws IOException {
    if (ending == ServerSession.Ending.BYE) {
      if (slot.free(session)) {
        loop.call(() -> endpoint.end(held.token()));
        events.count("left");
        log.accept("client %s left; dropped: %s".formatted(session.client(), endpoint.drops()));
      }
    } else if (slot.leave(session)) {
      events.count("lost");
      log.accept(
          "lost the control connection of client %s; it may come back within %d s"
              .formatted(session.client(), Slot.ABSENCE.toSeconds()));
    }
  }

  private static ControlMessage.Facts facts(Greeting text) throws IOException {
    String domain = ResolvConf.parse(text.resolvConf()).clusterDomain().orElse("");
    return new ControlMessage.Facts(0, text.facts().mtu(), domain, text.facts().onLink());
  }

  @Override
  public void carry(DataConnection connection) throws IOException {
    Token shown = connection.awaitHello();
    StreamTransport stream =
        StreamTransport.over(loop, connection.tls(), connection.tcp(), endpoint.inbox(), endpoint);
    AtomicBoolean joined = new AtomicBoolean();
    loop.call(() -> joined.set(endpoint.join(stream, shown)));
    events.count(joined.get() ? "data" : "data_refused");
    if (!joined.get()) {
      log.accept(
          "refused packets over TCP from %s: no session of its token"
              .formatted(connection.client()));
      return;
    }
    log.accept("data connection with %s".formatted(connection.client()));
    try {
      stream.read();
    } catch (IOException e) {
      log.accept(
          "data connection with %s ended: %s".formatted(connection.client(), e.getMessage()));
    } finally {
      loop.call(() -> endpoint.leave(stream));
    }
  }

  private void expire() {
    if (slot.expire()) {
      endpoint.endAny();
      events.count("expired");
      log.accept("the client did not come back: the pod is free");
    }
  }

  /** On the loop, where nothing may wait: a client that does not read would hold up the packets. */
  private void podChanged(Greeting text) {
    Thread.ofVirtual().name("pod-changed").start(() -> tell(text));
  }

  private void tell(Greeting text) {
    try {
      slot.evictVersion1();
      if (slot.version2().orElse(null) instanceof ServerSession session) {
        session.send(new ControlMessage.AddressesChanged(text.addresses(), text.resolvConf()));
      }
    } catch (IOException e) {
      log.accept("telling the client of the pod's new addresses: " + e.getMessage());
    }
  }

  /** Tells the client that the server goes away, so that it dials again at once. */
  @Override
  public void close() throws IOException {
    expiry.close();
    if (slot.version2().orElse(null) instanceof ServerSession session) {
      session.send(new ControlMessage.Drain(DRAIN));
    }
  }
}
