package dev.teletun.client.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.client.dns.DnsProbe;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.ClientAssociation;
import dev.teletun.tunnel.association.Lifetime;
import dev.teletun.tunnel.association.ServerAssociations;
import dev.teletun.tunnel.association.UdpTransport;
import dev.teletun.tunnel.end.Side;
import dev.teletun.tunnel.end.TunnelEnd;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over a tunnel of two real ends on 127.0.0.1. */
@Timeout(60)
class RoundTripTest {
  private static final InetAddress P4 = InetAddress.ofLiteral("10.0.2.7");
  private static final InetAddress P6 = InetAddress.ofLiteral("fd00::7");
  private static final InetAddress DNS4 = InetAddress.ofLiteral("10.96.0.10");
  private static final InetAddress DNS6 = InetAddress.ofLiteral("fd00:96::a");
  private static final int FULL_SIZE = 1_300;
  private static final int TUNNEL_MTU = 1_400;
  private static final Duration LONG = Duration.ofSeconds(20);

  private final CloseStack owned = new CloseStack();
  private final BlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
  private @TempDir Path directory;
  private EventLoop loop;
  private TunnelEnd server;
  private TunnelEnd client;

  @BeforeEach
  void connect() throws Exception {
    KeySet.generate(directory, false);
    Identity servers = identity("server");
    Identity clients = identity("client");
    InnerFilter filter = new InnerFilter(List.of(P4, P6));
    loop = owned.own(EventLoop.start("round-trip-test"));

    UdpSocket at = owned.own(UdpSocket.bind(InetAddress.getLoopbackAddress(), 0));
    ServerSide side = new ServerSide();
    ServerAssociations associations =
        new ServerAssociations(loop, at, servers, clients.pin(), 1280, side);
    server = new TunnelEnd(Side.SERVER, loop, TUNNEL_MTU, side);
    owned.own(() -> loop.call(server::close));
    owned.own(() -> loop.call(associations::close));
    join(server, UdpTransport.open(loop, at, associations, server, side));
    loop.call(() -> {
      server.filter(filter);
      server.early((bytes, from, length) -> {
        arrived.add(Arrays.copyOfRange(bytes, from, from + length));
      });
      associations.open(null, null);
    });

    UdpSocket socket = owned.own(UdpSocket.connect(at.localAddress()));
    ClientAssociation association =
        ClientAssociation.begin(
            loop,
            socket,
            UdpPeer.of(at.localAddress()),
            clients,
            servers.pin(),
            Optional.empty(),
            Lifetime.STANDARD,
            1280,
            LONG);
    owned.own(() -> loop.call(association::close));
    client = new TunnelEnd(Side.CLIENT, loop, TUNNEL_MTU, side);
    owned.own(() -> loop.call(client::close));
    join(client, UdpTransport.open(loop, socket, association, client, side));
    association.established().get(20, TimeUnit.SECONDS);
    loop.call(() -> client.filter(filter));
  }

  @AfterEach
  void disconnect() throws IOException {
    owned.close();
  }

  @Test
  void asksEachNameServerFromTheAddressOfItsFamilyAfterAPacketOfFullSize() throws Exception {
    roundTrip(LONG, DNS4, DNS6).sendFirst();

    assertThat(taken()).isEqualTo(DnsProbe.echoRequest(P4, DNS4, 1, 0, FULL_SIZE)).hasSize(1_300);
    assertThat(destination(taken(), 16, 4)).isEqualTo(DNS4);
    assertThat(taken()).isEqualTo(DnsProbe.echoRequest(P6, DNS6, 2, 0, FULL_SIZE));
    assertThat(destination(taken(), 24, 16)).isEqualTo(DNS6);
  }

  @Test
  void isContentWithAnyPacketToThePod() throws Exception {
    RoundTrip roundTrip = roundTrip(LONG, DNS4);
    loop.call(() -> {
      server.early((_, _, _) -> server.send(DnsProbe.packet(DNS4, P4, 53, 9, "any.example")));
    });

    roundTrip.await(); // far sooner than its patience
  }

  @Test
  void isNotContentWithAPacketForAnother() throws Exception {
    RoundTrip roundTrip = roundTrip(Duration.ofMillis(100), DNS4);
    InetAddress other = InetAddress.ofLiteral("10.0.2.8");
    loop.call(() -> {
      server.early((_, _, _) -> server.send(DnsProbe.packet(DNS4, other, 53, 9, "any.example")));
    });

    assertThatIOException().isThrownBy(roundTrip::await);
  }

  @Test
  void triesQueriesAndThenEchoesAndSaysThatTheHostIsUntouched() throws Exception {
    RoundTrip roundTrip = roundTrip(Duration.ofMillis(100), DNS4);

    assertThatIOException()
        .isThrownBy(roundTrip::await)
        .withMessageContaining("nothing came back")
        .withMessageContaining("-check=off")
        .withMessageContaining("this host was not changed");

    for (int i = 0; i < 3 * 2; i++) {
      assertThat(taken()).isNotEmpty();
    }
    assertThat(taken()).isEqualTo(DnsProbe.echoRequest(P4, DNS4, 1, 1));
  }

  private RoundTrip roundTrip(Duration patience, InetAddress... nameServers) throws IOException {
    return new RoundTrip(
        loop,
        client,
        AddressList.parse("10.0.2.7\nfd00::7"),
        List.of(nameServers),
        FULL_SIZE,
        patience);
  }

  private static InetAddress destination(byte[] packet, int at, int length) throws IOException {
    return InetAddress.getByAddress(Arrays.copyOfRange(packet, at, at + length));
  }

  private byte[] taken() throws InterruptedException {
    byte[] packet = arrived.poll(15, TimeUnit.SECONDS);
    if (packet == null) {
      throw new AssertionError("nothing came");
    }
    return packet;
  }

  private void join(TunnelEnd end, UdpTransport transport) throws IOException {
    owned.own(() -> loop.call(transport::close));
    loop.call(() -> {
      end.receiveFrom(transport);
      end.sendBy(transport);
    });
  }

  private Identity identity(String name) throws IOException {
    return Identity.load(directory.resolve(name + ".key"), directory.resolve(name + ".pub"));
  }

  /** Nobody needs to be told anything. */
  private static final class ServerSide
      implements ServerAssociations.Listener, TunnelEnd.Listener, TrainSender.TooBig {

    @Override
    public void leftover() {}

    @Override
    public void portEnded(@Nullable IOException failure) {}

    @Override
    public void datagramTooBig() {}
  }
}
