package dev.teletun.serverexternal;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.count.Fact;
import dev.teletun.protocol.count.Report;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.protocol.settings.Problems;
import dev.teletun.tunnel.control.ServerListener;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A running server-external: TLS and DTLS endpoint for one client at a time, in front of the
 * server-cluster behind the socket.
 *
 * <p>Threads: {@code session} (the event loop: UDP, associations, AF_UNIX), {@code control-accept},
 * {@code control-N} for each control connection, {@code dtls-handshake-N} for a handshake.
 */
public final class ServerExternal implements Closeable {
  private final CloseStack resources;
  private final EventLoop loop;
  private final ServerListener listener;
  private final Endpoint endpoint;
  private final Sessions sessions;
  private final Counters counters = new Counters();

  private ServerExternal(
      CloseStack resources,
      EventLoop loop,
      ServerListener listener,
      Endpoint endpoint,
      Sessions sessions) {
    this.resources = resources;
    this.loop = loop;
    this.listener = listener;
    this.endpoint = endpoint;
    this.sessions = sessions;
    endpoint.register(counters);
    sessions.register(counters);
    listener.register(counters);
  }

  /**
   * Listens on the port and begins to dial server-cluster; returns without waiting for it.
   *
   * @param log takes one line per event, on any thread
   * @throws InvalidSettingsException with every problem of the options
   */
  public static ServerExternal open(ServerExternalOptions options, Consumer<String> log)
      throws IOException, InvalidSettingsException {
    Problems problems = new Problems();
    Optional<Identity> own =
        problems.check(() -> Identity.load(options.serverPrivateKey(), options.serverPublicKey()));
    Optional<Pin> client = problems.check(() -> Pin.load(options.clientPublicKey()));
    problems.throwIfAny();
    try (CloseStack onFailure = new CloseStack()) {
      UdpSocket socket = onFailure.own(UdpSocket.bind(null, options.port()));
      EventLoop loop = onFailure.own(EventLoop.start("session"));
      Endpoint endpoint = Endpoint.open(loop, socket, own.orElseThrow(), client.orElseThrow(), log);
      PairLink pair = new PairLink(loop, options.sockfile(), options.peerUid(), endpoint, log);
      endpoint.onPairLost(pair::lost);
      onFailure.own(() -> loop.call(endpoint::close));
      onFailure.own(() -> loop.call(pair::close));
      Sessions sessions = new Sessions(loop, endpoint, log);
      ServerListener listener =
          onFailure.own(
              ServerListener.open(
                  options.port(), own.orElseThrow(), client.orElseThrow(), sessions, log));
      onFailure.own(sessions);
      loop.execute(pair::dial);
      return new ServerExternal(onFailure.handOver(), loop, listener, endpoint, sessions);
    }
  }

  /** How it stands, with all counters. Any thread. */
  public Report report() throws IOException {
    List<Fact> facts = new ArrayList<>(List.of(Fact.number("port", port())));
    facts.addAll(sessions.facts());
    List<Report> reports = new ArrayList<>();
    loop.call(() -> {
      facts.addAll(endpoint.facts());
      reports.add(new Report(facts, counters.read()));
    });
    return reports.getFirst();
  }

  /** The port that is listened on. */
  public int port() {
    return listener.port();
  }

  /** Completes when the server can go on no more, with why. */
  public CompletableFuture<Void> ended() {
    return loop.ended();
  }

  @Override
  public void close() throws IOException {
    resources.close();
  }
}
