package dev.teletun.tunnel.association;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.transport.PacketSink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Attackers who can receive where they send from, and have no key. */
@Timeout(30)
class HandshakeFloodTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress ATTACKER = InetAddress.ofLiteral("127.0.0.2");

  private @TempDir Path keys;
  private final CloseStack resources = new CloseStack();
  private final BlockingQueue<UdpPeer> associated = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> packets = new LinkedBlockingQueue<>();
  private Identity server;
  private Identity client;
  private Identity stranger;
  private EventLoop loop;
  private InetSocketAddress address;
  private ServerAssociations associations;

  @BeforeEach
  void listen() throws Exception {
    KeySet.generate(keys, false);
    server = Identity.load(keys.resolve("server.key"), keys.resolve("server.pub"));
    client = Identity.load(keys.resolve("client.key"), keys.resolve("client.pub"));
    KeySet.generate(keys, true);
    stranger = Identity.load(keys.resolve("client.key"), keys.resolve("client.pub"));
    UdpSocket socket = resources.own(UdpSocket.bind(HERE, 0));
    address = socket.localAddress();
    loop = resources.own(EventLoop.start("flood"));
    associations =
        new ServerAssociations(loop, socket, server, client.pin(), 1280, new Associated());
    resources.own(() -> loop.call(associations::close));
    Watch watch = resources.own(loop.watch(socket.fd(), new Received(socket)));
    loop.call(() -> watch.reading(true));
  }

  @AfterEach
  void closeAll() throws IOException {
    resources.close();
  }

  @Test
  void theClientsOwnAddressGoesBeforeStrangersWhoHoldEveryPlace() throws Exception {
    open(HERE);
    fillEveryPlaceFrom("127.0.1.%d");

    Caller late = stall("127.0.2.1");
    awaitSent(late, 2);
    Caller real = dial(new InetSocketAddress(HERE, 0));

    assertThat(associated.poll(3, SECONDS)).isEqualTo(UdpPeer.of(real.address()));
    assertThat(onLoop(associations::handshakes)).isLessThanOrEqualTo(4);
  }

  @Test
  void aNetworkWithEveryPlaceGivesOneUpToAnother() throws Exception {
    open(null);
    fillEveryPlaceFrom("127.0.0.2");

    Caller real = dial(new InetSocketAddress(HERE, 0));

    assertThat(associated.poll(3, SECONDS)).isEqualTo(UdpPeer.of(real.address()));
  }

  @Test
  void whoHasBeenSilentForASecondGivesWayToAnybody() throws Exception {
    open(null);
    fillEveryPlaceFrom("127.0.0.1");

    Caller real = dial(new InetSocketAddress(HERE, 0));

    assertThat(associated.poll(5, SECONDS)).isEqualTo(UdpPeer.of(real.address()));
  }

  @Test
  void strangersNeverTakeThePlaceOfTheClient() throws Exception {
    open(HERE);
    Caller slow = stall("127.0.0.1"); // as far as a client on a long way gets in a second
    awaitHandshakes(1);
    fillEveryPlaceFrom("127.0.1.%d");
    Thread.sleep(1_100); // the grace is over: strangers now give way, the client does not
    awaitSent(stall("127.0.2.1"), 2);
    awaitSent(stall("127.0.2.2"), 2);

    loop.call(() -> {});

    assertThat(onLoop(() -> associations.isUnderWay(UdpPeer.of(slow.address())) ? 1 : 0))
        .isEqualTo(1);
  }

  @Test
  void aReplayedHelloLeavesTheLiveAssociationAlone() throws Exception {
    open(HERE);
    Caller real = dial(new InetSocketAddress(HERE, 0));
    assertThat(associated.poll(5, SECONDS)).isNotNull();
    Association live = real.handshake().result().get(5, SECONDS);
    sendPacket(real, live, "before");
    assertThat(packets.poll(5, SECONDS)).isEqualTo("before");

    for (byte[] captured : List.copyOf(real.sent)) {
      real.send(captured, 0, captured.length); // the same 5-tuple, cookie and all
    }
    sendPacket(real, live, "after");

    assertThat(packets.poll(5, SECONDS)).isEqualTo("after");
    assertThat(onLoop(associations::handshakes)).isZero();
    assertThat(associated).isEmpty();
  }

  @Test
  void aNewerHelloReplacesAReplayedOneOfItsOwnAddressAndPort() throws Exception {
    open(HERE);
    Caller stalled = stall("127.0.0.1");
    awaitHandshakes(1); // as a captured hello, sent again with its sender's address, begins it
    InetSocketAddress port = stalled.address();
    stalled.close();

    Caller real = dial(port);
    UdpPeer peer = associated.poll(2, SECONDS);
    for (int i = 0; i < 2 && peer == null; i++) { // a late flight of the first confused it
      real.close();
      real = dial(port);
      peer = associated.poll(2, SECONDS);
    }

    assertThat(peer).isEqualTo(UdpPeer.of(port));
    byte[] replayed = stalled.sent.getLast();
    real.send(replayed, 0, replayed.length);
    Association live = real.handshake().result().get(5, SECONDS);
    sendPacket(real, live, "after");
    assertThat(packets.poll(5, SECONDS)).isEqualTo("after");
    assertThat(onLoop(associations::handshakes)).isZero();
  }

  @Test
  void aClientThatBeginsAnewAtTheSamePortReplacesItselfOnceItHasFinished() throws Exception {
    open(HERE);
    Caller first = dial(new InetSocketAddress(HERE, 0));
    assertThat(associated.poll(5, SECONDS)).isNotNull();
    InetSocketAddress port = first.address();
    Association old = first.handshake().result().get(5, SECONDS);
    sendPacket(first, old, "one");
    assertThat(packets.poll(5, SECONDS)).isEqualTo("one");
    first.close();

    Caller second = dial(port);

    assertThat(associated.poll(5, SECONDS)).isEqualTo(UdpPeer.of(port));
    assertThat(onLoop(() -> associations.current() == null ? 1 : 0))
        .as("the server is silent until the new one has spoken")
        .isEqualTo(1);
    sendPacket(second, second.handshake().result().get(5, SECONDS), "two");
    assertThat(packets.poll(5, SECONDS)).isEqualTo("two");
  }

  @Test
  void anotherKeyGetsNothing() throws Exception {
    open(HERE);
    Caller other =
        resources.own(
            Caller.dial(new InetSocketAddress(ATTACKER, 0), address, stranger, server.pin()));

    assertThat(other.handshake().result()).failsWithin(10, SECONDS);

    assertThat(associated).isEmpty();
    awaitHandshakes(0);
  }

  private void open(@Nullable InetAddress control) throws IOException {
    loop.call(() -> associations.open(control, null));
  }

  private Caller dial(InetSocketAddress from) throws IOException {
    return resources.own(Caller.dial(from, address, client, server.pin()));
  }

  private Caller stall(String from) throws IOException {
    return resources.own(
        Caller.stall(InetAddress.ofLiteral(from), address, stranger, server.pin()));
  }

  /** {@code pattern} may number the attackers' addresses. */
  private void fillEveryPlaceFrom(String pattern) throws Exception {
    List<Caller> attackers = new ArrayList<>();
    for (int i = 1; onLoop(associations::handshakes) < 4; i++) {
      attackers.add(stall(pattern.formatted(i)));
      awaitSent(attackers.getLast(), 2);
      loop.call(() -> {});
    }
  }

  private static void awaitSent(Caller caller, int datagrams) throws InterruptedException {
    long deadline = System.nanoTime() + SECONDS.toNanos(5);
    while (caller.sent.size() < datagrams && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(caller.sent).hasSizeGreaterThanOrEqualTo(datagrams);
  }

  private void awaitHandshakes(int expected) throws Exception {
    long deadline = System.nanoTime() + SECONDS.toNanos(5);
    while (onLoop(associations::handshakes) != expected && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(onLoop(associations::handshakes)).isEqualTo(expected);
  }

  private int onLoop(java.util.function.IntSupplier what) throws IOException {
    AtomicInteger answer = new AtomicInteger();
    loop.call(() -> answer.set(what.getAsInt()));
    return answer.get();
  }

  private void sendPacket(Caller from, Association association, String text) throws IOException {
    byte[] packet = text.getBytes(StandardCharsets.US_ASCII);
    byte[] record = new byte[packet.length + association.overhead()];
    association.seal(packet, 0, packet.length, record, 0);
    from.send(record, 0, record.length);
  }

  private final class Associated implements ServerAssociations.Listener {
    @Override
    public void associated(UdpPeer peer) {
      associated.add(peer);
    }

    @Override
    public void leftover() {}
  }

  private final class Received implements Ready, PacketSink {
    private final UdpSocket socket;
    private final DatagramTrain train = new DatagramTrain();

    Received(UdpSocket socket) {
      this.socket = socket;
    }

    @Override
    public void readable() throws IOException {
      while (socket.receive(train)) {
        associations.received(train, this);
      }
    }

    @Override
    public void packet(byte[] bytes, int at, int length) {
      packets.add(new String(bytes, at, length, StandardCharsets.US_ASCII));
    }
  }
}
