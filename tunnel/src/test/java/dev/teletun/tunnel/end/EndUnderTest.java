package dev.teletun.tunnel.end;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.Associations;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.association.Keys;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.association.ServerAssociations;
import dev.teletun.tunnel.association.UdpTransport;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One end on 127.0.0.1, with the pod's address 10.0.2.7, and what it told its owner. */
final class EndUnderTest
    implements Closeable, TunnelEnd.Listener, TrainSender.TooBig, ServerAssociations.Listener {
  static final int TUNNEL_MTU = 1400;

  /** What the owner was told, in order. */
  final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  final UdpSocket socket;
  final TunnelEnd end;

  private final EventLoop loop;
  private final Associations associations;
  private final UdpTransport transport;
  private final CloseStack owned = new CloseStack();

  private EndUnderTest(EventLoop loop, Side side, UdpSocket socket, Wiring wiring)
      throws IOException {
    this.loop = loop;
    this.socket = owned.own(socket);
    associations = wiring.associations(this);
    end = owned.own(new TunnelEnd(side, loop, TUNNEL_MTU, this));
    transport = owned.own(UdpTransport.open(loop, socket, associations, end, this));
    InnerFilter filter = new InnerFilter(List.of(InetAddress.ofLiteral("10.0.2.7")));
    loop.call(() -> {
      end.filter(filter);
      end.receiveFrom(transport);
      end.sendBy(transport);
    });
  }

  private interface Wiring {
    Associations associations(EndUnderTest end) throws IOException;
  }

  static EndUnderTest server(EventLoop loop, Keys keys) throws IOException {
    UdpSocket socket = UdpSocket.bind(InetAddress.getLoopbackAddress(), 0);
    return new EndUnderTest(
        loop,
        Side.SERVER,
        socket,
        end -> {
          ServerAssociations associations =
              new ServerAssociations(loop, socket, keys.server(), keys.client().pin(), 1280, end);
          loop.call(() -> associations.open(InetAddress.getLoopbackAddress(), null));
          return associations;
        });
  }

  /** Connects to a server and returns once the handshake is done; sends no packet. */
  static EndUnderTest client(EventLoop loop, Keys keys, InetSocketAddress server) throws Exception {
    UdpSocket socket = UdpSocket.connect(server);
    BlockingQueue<ClientAssociation> made = new LinkedBlockingQueue<>();
    EndUnderTest client =
        new EndUnderTest(
            loop,
            Side.CLIENT,
            socket,
            _ -> {
              ClientAssociation association =
                  ClientAssociation.begin(
                      loop,
                      socket,
                      UdpPeer.of(server),
                      keys.client(),
                      keys.server().pin(),
                      Optional.empty(),
                      Lifetime.STANDARD,
                      1280,
                      Duration.ofSeconds(20));
              made.add(association);
              return association;
            });
    made.element().established().get(20, TimeUnit.SECONDS);
    return client;
  }

  void attach(FarSide far) throws IOException {
    loop.call(() -> end.attach(far.port));
  }

  String drops() {
    return end.drops().toString();
  }

  @Override
  public void associated(UdpPeer peer) {
    told.add("associated");
  }

  @Override
  public void probed(int size) {}

  @Override
  public void leftover() {
    transport.feed(((ServerAssociations) associations)::feedLeftover);
  }

  @Override
  public void switched(int number, boolean first) {}

  @Override
  public void expired() {
    told.add("expired");
  }

  @Override
  public void moved(UdpPeer peer) {
    told.add("moved");
  }

  @Override
  public void peerClosed() {
    told.add("peer closed");
  }

  @Override
  public void portEnded(@Nullable IOException failure) {
    told.add("port ended: " + failure);
  }

  @Override
  public void datagramTooBig() {
    told.add("too big");
  }

  @Override
  public void close() throws IOException {
    loop.call(owned::close);
  }
}
