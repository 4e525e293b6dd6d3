package dev.teletun.servercluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.linux.libc.BulkIo;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.FramePort;
import dev.teletun.linux.route.Link;
import dev.teletun.linux.unix.UnixListener;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.unix.Greeting;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class GateTest {
  private final CloseStack owned = new CloseStack();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final Pod pod = new Pod();
  private @TempDir Path directory;
  private EventLoop loop;
  private UnixListener listener;
  private FramePort tun;
  private FramePort inTun;

  @BeforeEach
  void listen() throws IOException {
    Files.writeString(directory.resolve("resolv.conf"), "nameserver 10.96.0.10\n");
    loop = owned.own(EventLoop.start("gate-test"));
    listener = owned.own(bind("pair.sock"));
    UnixListener device = owned.own(bind("tun.sock"));
    inTun = owned.own(new FramePort(UnixStream.connect(directory.resolve("tun.sock"))));
    tun = owned.own(new FramePort(device.accept().orElseThrow()));
  }

  @AfterEach
  void stop() throws IOException {
    owned.close();
  }

  @Test
  void greetsThePeerOfTheRightUidAndTakesThePodOver() throws IOException {
    Gate gate = gate(OptionalInt.empty());

    UnixStream external = connect();
    loop.call(gate::accept);

    assertThat(greeting(external).addresses().addresses()).isEqualTo(pod.pod().addresses());
    assertThat(pod.taken).isTrue();
    assertThat(log).singleElement().asString().contains("server-external is linked", "10.0.2.7");
  }

  @Test
  void hangsUpOnAnotherUidAndLeavesThePodAlone() throws IOException {
    Gate gate = gate(OptionalInt.of(Libc.geteuid() + 1));

    UnixStream stranger = connect();
    loop.call(gate::accept);

    assertThat(stranger.read(ByteBuffer.allocateDirect(1), 0, 1)).isEqualTo(UnixStream.END);
    assertThat(pod.taken).isFalse();
    assertThat(log)
        .singleElement()
        .asString()
        .contains("refused uid %d".formatted(Libc.geteuid()), "-peer-uid");
  }

  @Test
  void linksTheLastOfAHundredAndKeepsNothingOfTheOthers() throws IOException {
    Gate gate = gate(OptionalInt.empty());
    long before = openDescriptors();

    UnixStream last = connect();
    for (int i = 1; i < 100; i++) {
      loop.call(gate::accept);
      UnixStream next = connect();
      loop.call(gate::accept);
      greeting(last);
      assertThat(last.read(ByteBuffer.allocateDirect(1), 0, 1)).isEqualTo(UnixStream.END);
      last.close();
      last = next;
    }

    assertThat(greeting(last).addresses().addresses()).isEqualTo(pod.pod().addresses());
    assertThat(pod.taken).isTrue();
    assertThat(openDescriptors() - before).as("both ends of the last").isEqualTo(2);
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void closesTheOldSocketEvenWhenThePodCannotBeGivenBack() throws IOException {
    Gate gate = gate(OptionalInt.empty());
    UnixStream external = connect();
    loop.call(gate::accept);
    greeting(external);
    pod.failure = new IOException("nft says no");

    assertThatIOException().isThrownBy(() -> loop.call(gate::close)).withMessage("nft says no");

    assertThat(external.read(ByteBuffer.allocateDirect(1), 0, 1)).isEqualTo(UnixStream.END);
  }

  @Test
  void letsOnlyThePodsAddressesIntoTheTun() throws Exception {
    Gate gate = gate(OptionalInt.empty());
    UnixStream external = connect();
    loop.call(gate::accept);
    greeting(external);
    FrameBatch batch = new FrameBatch(4 * FrameBatch.LARGEST_FRAME);
    byte[] allowed = packetFrom("10.0.2.7");
    byte[] malformed = allowed.clone();
    malformed[3]++; // longer than it is

    FramePort frames = owned.own(new FramePort(external));
    for (byte[] packet : List.of(packetFrom("10.0.2.8"), malformed, allowed)) {
      append(batch, packet);
    }
    frames.write(batch);

    batch.clear();
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (inTun.read(batch) == 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(batch.count()).isEqualTo(1);
    byte[] first = new byte[batch.packetLength(0)];
    batch.buffer().get(batch.packetOffset(0), first);
    assertThat(first).isEqualTo(allowed);
  }

  @Test
  void handsTheDeviceOverOnceThePodIsTaken() throws Exception {
    Gate gate = gate(OptionalInt.empty(), true);
    UnixStream external = connect();
    loop.call(gate::accept);

    ByteBuffer bytes = ByteBuffer.allocateDirect(64 * 1024);
    BlockingQueue<Fd> handed = new LinkedBlockingQueue<>();
    int length = external.read(bytes, 0, bytes.capacity(), handed::add);

    Greeting greeting = new Greeting.Decoder().offer(bytes.slice(0, length)).orElseThrow();
    assertThat(greeting.facts().isDeviceHandedOver()).isTrue();
    assertThat(pod.taken).isTrue();
    try (Fd device = handed.remove()) { // what is written to it is written to the device
      FrameBatch batch = new FrameBatch(FrameBatch.LARGEST_FRAME);
      append(batch, packetFrom("10.0.2.7"));
      new BulkIo(device).write(batch.buffer(), 0, batch.bytes());
      batch.clear();
      assertThat(inTun.read(batch)).isOne();
    }
    external.close();
    assertThat(log.poll(10, TimeUnit.SECONDS)).contains("linked");
    assertThat(log.poll(10, TimeUnit.SECONDS)).contains("gone", "closed the socket");
    assertThat(pod.taken).isFalse();
  }

  private static void append(FrameBatch batch, byte[] packet) {
    batch.buffer().put(batch.nextHeaderOffset(), new byte[VirtioNetHeader.BYTES]);
    batch.buffer().put(batch.nextPacketOffset(), packet);
    batch.commit(packet.length);
  }

  private static byte[] packetFrom(String source) {
    ByteBuffer packet = ByteBuffer.allocate(28);
    packet.put((byte) 0x45).put((byte) 0).putShort((short) 28).putInt(0);
    packet.put((byte) 64).put((byte) 17).putShort((short) 0);
    packet.put(InetAddress.ofLiteral(source).getAddress());
    packet.put(InetAddress.ofLiteral("10.96.0.10").getAddress());
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += packet.getShort(i) & 0xFFFF;
    }
    packet.putShort(10, (short) ~((sum & 0xFFFF) + (sum >> 16)));
    return packet.putShort((short) 7).putShort((short) 53).putShort((short) 8).array();
  }

  private Gate gate(OptionalInt peerUid) throws IOException {
    return gate(peerUid, false);
  }

  private Gate gate(OptionalInt peerUid, boolean handsOver) throws IOException {
    Gate gate =
        new Gate(
            loop,
            tun,
            pod,
            listener,
            directory.resolve("resolv.conf"),
            peerUid,
            handsOver,
            log::add);
    owned.own(() -> {
      pod.failure = null;
      loop.call(gate::close);
    });
    return gate;
  }

  private UnixListener bind(String name) throws IOException {
    return UnixListener.bind(directory.resolve(name), PosixFilePermissions.fromString("rw-------"));
  }

  private UnixStream connect() throws IOException {
    return owned.own(UnixStream.connect(directory.resolve("pair.sock")));
  }

  private static Greeting greeting(UnixStream from) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(64 * 1024);
    int length = from.read(bytes, 0, bytes.capacity());
    return new Greeting.Decoder().offer(bytes.slice(0, length)).orElseThrow();
  }

  /** A pod whose kernel obeys, or not. */
  private static final class Pod implements Takeover {
    private final PodNetwork network =
        new PodNetwork(
            new Link(2, "eth0", 1450, true, new byte[6], ""),
            List.of(InetAddress.ofLiteral("10.0.2.7")),
            List.of());
    private volatile boolean taken;
    private volatile @Nullable IOException failure;

    @Override
    public PodNetwork pod() {
      return network;
    }

    @Override
    public void begin(Set<InetAddress> nameServers) {
      taken = true;
    }

    @Override
    public void end() throws IOException {
      if (failure != null) {
        throw failure;
      }
      taken = false;
    }

    @Override
    public void keepSilent() {}

    @Override
    public void endSilence() {}

    @Override
    public boolean follow() {
      return false;
    }
  }
}
