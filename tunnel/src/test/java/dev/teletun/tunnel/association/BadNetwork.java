package dev.teletun.tunnel.association;

import dev.teletun.lab.relay.Passage;
import dev.teletun.lab.relay.UdpRelay;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.message.Token;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server with a session, behind a relay; what goes in at both ends is noted. */
final class BadNetwork implements Closeable {
  /** Each datagram as it was sent, in order. */
  final List<byte[]> fromClient = new CopyOnWriteArrayList<>();

  final List<byte[]> fromServer = new CopyOnWriteArrayList<>();
  final LoopbackServer server;

  private final CloseStack owned = new CloseStack();
  private final EventLoop loop;
  private final Keys keys;
  private final Token token = Token.random();
  private final UdpRelay relay;

  BadNetwork(Keys keys, Passage toServer, Passage toClient) throws IOException {
    this.keys = keys;
    loop = owned.own(EventLoop.start("bad-network"));
    server = owned.own(new LoopbackServer(loop, keys));
    server.open(token);
    relay =
        owned.own(
            UdpRelay.start(
                server.address(), noting(fromClient, toServer), noting(fromServer, toClient)));
  }

  private static Passage noting(List<byte[]> into, Passage passage) {
    return (datagram, exit) -> {
      into.add(datagram);
      passage.carry(datagram, exit);
    };
  }

  /** Begins a handshake. */
  LoopbackClient dial() throws IOException {
    return new LoopbackClient(loop, keys, relay.address(), Optional.of(token));
  }

  /** Shakes hands, shows the token, sends a packet each way until it arrives; hangs up. */
  void useOnce() throws Exception {
    try (LoopbackClient client = dial().ready()) {
      Eventually.holds(
          "the packet",
          () -> {
            client.send("ping");
            return server.packets.contains("ping");
          });
      Eventually.holds(
          "the answer",
          () -> {
            server.send("pong");
            return client.packets.contains("pong");
          });
    }
    server.packets.clear();
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
