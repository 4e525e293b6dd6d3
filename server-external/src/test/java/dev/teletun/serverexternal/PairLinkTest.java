package dev.teletun.serverexternal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.unix.Greeting;
import dev.teletun.protocol.unix.PodFacts;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PairLinkTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final CloseStack owned = new CloseStack();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final BlockingQueue<Greeting> greetings = new LinkedBlockingQueue<>();
  private final BlockingQueue<PacketPort> ports = new LinkedBlockingQueue<>();
  private @TempDir Path directory;
  private EventLoop loop;

  @BeforeEach
  void startLoop() throws IOException {
    loop = owned.own(EventLoop.start("pair-link-test"));
  }

  @AfterEach
  void stop() throws IOException {
    owned.close();
  }

  @Test
  void readsAGreetingInPiecesAndKeepsTheFrameBehindIt() throws Exception {
    ServerSocketChannel cluster = listen();
    dial(LONG);
    SocketChannel peer = owned.own(cluster.accept());
    ByteBuffer bytes = ByteBuffer.allocate(1024).put(greeting()).put(frame("a packet")).flip();

    while (bytes.remaining() > 3) {
      peer.write(bytes.slice(bytes.position(), 3));
      bytes.position(bytes.position() + 3);
      loop.call(() -> {}); // a turn of the loop lies between most pieces
    }
    peer.write(bytes);

    assertThat(taken(greetings).addresses().format()).isEqualTo(addresses().format());
    PacketPort port = owned.own(taken(ports));
    FrameBatch batch = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
    while (port.read(batch) == 0) {
      Thread.onSpinWait();
    }
    byte[] packet = new byte[batch.packetLength(0)];
    batch.buffer().get(batch.packetOffset(0), packet);
    assertThat(packet).asString(US_ASCII).isEqualTo("a packet");
    assertThat(log).isEmpty();
  }

  @Test
  void saysWhatToDoWhereTheDeviceDoesNotArrive() throws Exception {
    ServerSocketChannel cluster = listen();
    dial(LONG);
    SocketChannel peer = owned.own(cluster.accept());

    peer.write(
        ByteBuffer.wrap(
            Greeting.encode(
                addresses(), "nameserver 10.96.0.10\n", PodFacts.NONE.withDevice(true, true))));

    assertThat(taken(log)).contains("did not arrive", "SELinux", "-frames");
    assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(ports).isEmpty();
  }

  @Test
  void triesAgainUntilSomebodyListensAndSaysSoOnce() throws Exception {
    dial(LONG);
    assertThat(taken(log)).contains("waiting for server-cluster", "ENOENT");
    waitForAnotherTry();

    ServerSocketChannel cluster = listen();
    SocketChannel peer = owned.own(cluster.accept());
    peer.write(ByteBuffer.wrap(greeting()));

    assertThat(taken(greetings).resolvConf()).isEqualTo("nameserver 10.96.0.10\n", PodFacts.NONE);
    assertThat(log).noneMatch(line -> line.contains("ENOENT"));
  }

  @Test
  void hangsUpOnNonsenseAndTriesAgain() throws Exception {
    ServerSocketChannel cluster = listen();
    dial(LONG);
    SocketChannel nonsense = owned.own(cluster.accept());
    nonsense.write(ByteBuffer.wrap("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII)));

    assertThat(taken(log)).contains("waiting for server-cluster");
    assertThat(nonsense.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    owned.own(cluster.accept()).write(ByteBuffer.wrap(greeting()));

    assertThat(taken(greetings)).isNotNull();
  }

  @Test
  void triesAgainAfterAnEndBeforeTheGreeting() throws Exception {
    ServerSocketChannel cluster = listen();
    dial(LONG);
    cluster.accept().close();

    assertThat(taken(log)).contains("-peer-uid");
    owned.own(cluster.accept()).write(ByteBuffer.wrap(greeting()));

    assertThat(taken(greetings)).isNotNull();
  }

  @Test
  void hangsUpOnAGreetingThatDoesNotCome() throws Exception {
    ServerSocketChannel cluster = listen();
    dial(Duration.ofMillis(50));
    SocketChannel silent = owned.own(cluster.accept());
    silent.write(ByteBuffer.wrap(greeting(), 0, 20));

    assertThat(taken(log)).contains("no greeting within 50 ms");
    assertThat(isHungUpOn(silent)).isTrue();
    owned.own(cluster.accept());
  }

  /** Who is closed before all that he wrote was read is told so by a reset. */
  private static boolean isHungUpOn(SocketChannel peer) throws IOException {
    try {
      return peer.read(ByteBuffer.allocate(1)) == -1;
    } catch (SocketException _) {
      return true;
    }
  }

  @Test
  void hangsUpOnAListenerOfAnotherUidBeforeItSaysAnything() throws Exception {
    ServerSocketChannel impostor = listen();
    dial(LONG, OptionalInt.of(Libc.geteuid() + 1));
    SocketChannel accepted = owned.own(impostor.accept());

    assertThat(taken(log)).contains("uid " + Libc.geteuid(), "listens at", "-peer-uid");
    assertThat(accepted.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(greetings).isEmpty();
  }

  @Test
  void dialsNoMoreOnceClosed() throws Exception {
    ServerSocketChannel cluster = listen();
    PairLink link = dial(LONG);
    SocketChannel first = owned.own(cluster.accept());

    loop.call(link::close);
    loop.call(link::lost);

    assertThat(first.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    cluster.configureBlocking(false);
    assertThat(cluster.accept()).isNull();
    assertThat(log).isEmpty();
  }

  private PairLink dial(Duration greetingDeadline) throws IOException {
    return dial(greetingDeadline, OptionalInt.empty());
  }

  private PairLink dial(Duration greetingDeadline, OptionalInt peerUid) throws IOException {
    PairLink link =
        new PairLink(
            loop,
            directory.resolve("pair.sock"),
            peerUid,
            new Taking(),
            log::add,
            greetingDeadline);
    owned.own(() -> loop.call(link::close));
    loop.call(link::dial);
    return link;
  }

  private final class Taking implements PairLink.Listener {
    @Override
    public void linked(Greeting greeting, PacketPort port) {
      greetings.add(greeting);
      ports.add(port);
    }

    @Override
    public void revoked(String why) {
      log.add("revoked: " + why);
    }

    @Override
    public void answer(FrameBatch packets) {
      log.add("%d answers".formatted(packets.count()));
    }
  }

  /** After the first back-off of 100 ms it has tried a second time. */
  private void waitForAnotherTry() throws Exception {
    BlockingQueue<String> later = new LinkedBlockingQueue<>();
    loop.schedule(Duration.ofMillis(150), () -> later.add("now"));
    taken(later);
  }

  private ServerSocketChannel listen() throws IOException {
    ServerSocketChannel listener = owned.own(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
    listener.bind(UnixDomainSocketAddress.of(directory.resolve("pair.sock")));
    return listener;
  }

  private static AddressList addresses() throws IOException {
    return AddressList.parse("10.0.2.7\nfd00::7");
  }

  private static byte[] greeting() throws IOException {
    return Greeting.encode(addresses(), "nameserver 10.96.0.10\n", PodFacts.NONE);
  }

  private static byte[] frame(String packet) {
    FrameBatch batch = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
    batch.buffer().put(batch.nextPacketOffset(), packet.getBytes(US_ASCII));
    batch.commit(packet.length());
    byte[] bytes = new byte[batch.bytes()];
    batch.buffer().get(0, bytes);
    return bytes;
  }

  private static <T> T taken(BlockingQueue<T> queue) throws InterruptedException {
    T value = queue.poll(15, TimeUnit.SECONDS);
    if (value == null) {
      throw new AssertionError("nothing came");
    }
    return value;
  }
}
