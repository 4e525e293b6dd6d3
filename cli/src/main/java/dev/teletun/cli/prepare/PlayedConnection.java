package dev.teletun.cli.prepare;

import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.message.ControlMessage;
import dev.teletun.protocol.message.Token;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.protocol.unix.Greeting;
import dev.teletun.protocol.unix.PodFacts;
import dev.teletun.serverexternal.ServerExternal;
import dev.teletun.serverexternal.ServerExternalOptions;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.association.UdpTransport;
import dev.teletun.tunnel.control.ClientSession;
import dev.teletun.tunnel.control.SlotBusyException;
import dev.teletun.tunnel.transport.Inbox;
import dev.teletun.tunnel.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A connection to a server-external in this process, by the loopback address. The real
 * server-cluster and client would need rights: they are played as far as the server can tell, with
 * real handshakes.
 */
final class PlayedConnection {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int PATH_MTU = 1400;

  private final InetSocketAddress server;
  private final Identity own;
  private final Pin pin;

  private PlayedConnection(InetSocketAddress server, Identity own, Pin pin) {
    this.server = server;
    this.own = own;
    this.pin = pin;
  }

  /**
   * Connects and ends it.
   *
   * @param directory has all keys; a socket is left there
   */
  static void run(Path directory) throws IOException, InvalidSettingsException {
    Path sockfile = directory.resolve("socket");
    InetSocketAddress address = freePort();
    ServerExternalOptions options =
        new ServerExternalOptions(
            address.getPort(),
            directory.resolve("server.pub"),
            directory.resolve("server.key"),
            directory.resolve("client.pub"),
            sockfile,
            OptionalInt.empty());
    Identity own = Identity.load(directory.resolve("client.key"), directory.resolve("client.pub"));
    Pin pin = Pin.load(directory.resolve("server.pub"));
    try (ServerSocketChannel cluster = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      cluster.bind(UnixDomainSocketAddress.of(sockfile));
      try (ServerExternal _ = ServerExternal.open(options, _ -> {});
          SocketChannel link = cluster.accept()) {
        AddressList pod = AddressList.parse("10.0.0.2");
        link.write(ByteBuffer.wrap(Greeting.encode(pod, "nameserver 10.0.0.10\n", PodFacts.NONE)));
        new PlayedConnection(address, own, pin).connect();
      }
    }
  }

  /** One that nobody listens on just now. */
  private static InetSocketAddress freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(any.getInetAddress(), any.getLocalPort());
    }
  }

  private void connect() throws IOException {
    try (ClientSession session = dial()) {
      ControlMessage.Attach attach =
          new ControlMessage.Attach(UUID.randomUUID(), Optional.empty(), false, "training");
      associate(session.attach(attach, PATIENCE).token());
    }
  }

  /** The server is busy until it has read what the cluster says. */
  private ClientSession dial() throws IOException {
    for (long begun = System.nanoTime(); ; ) {
      try {
        return ClientSession.dial(new Socket(), server, own, pin, PATIENCE);
      } catch (SlotBusyException e) {
        if (System.nanoTime() - begun > PATIENCE.toNanos()) {
          throw e;
        }
      }
    }
  }

  private void associate(Token token) throws IOException {
    try (EventLoop loop = EventLoop.start("session");
        UdpSocket socket = UdpSocket.connect(server)) {
      ClientAssociation association =
          ClientAssociation.begin(
              loop,
              socket,
              UdpPeer.of(server),
              own,
              pin,
              Optional.of(token),
              Lifetime.STANDARD,
              PATH_MTU,
              PATIENCE);
      UdpTransport transport =
          UdpTransport.open(loop, socket, association, new NoInbox(), () -> {});
      loop.call(() -> transport.reading(true));
      Object _ = association.ready().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
      loop.call(() -> {
        association.close();
        transport.close();
      });
    }
  }

  /** Nobody wants packets here. */
  private static final class NoInbox implements Inbox {
    @Override
    public void begin() {}

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public void packet(byte[] bytes, int at, int length) {}

    @Override
    public void finish() {}

    @Override
    public void unblocked(Transport again) {}
  }
}
