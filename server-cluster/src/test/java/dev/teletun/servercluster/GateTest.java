package dev.teletun.servercluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.FramePort;
import dev.teletun.linux.route.Link;
import dev.teletun.linux.unix.UnixListener;
import dev.teletun.linux.unix.UnixStream;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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

  @BeforeEach
  void listen() throws IOException {
    Files.writeString(directory.resolve("resolv.conf"), "nameserver 10.96.0.10\n");
    loop = owned.own(EventLoop.start("gate-test"));
    listener = owned.own(bind("pair.sock"));
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
  void closesTheOldSocketEvenWhenThePodCannotBeGivenBack() throws IOException {
    Gate gate = gate(OptionalInt.empty());
    UnixStream external = connect();
    loop.call(gate::accept);
    greeting(external);
    pod.failure = new IOException("nft says no");

    assertThatIOException().isThrownBy(() -> loop.call(gate::close)).withMessage("nft says no");

    assertThat(external.read(ByteBuffer.allocateDirect(1), 0, 1)).isEqualTo(UnixStream.END);
  }

  private Gate gate(OptionalInt peerUid) throws IOException {
    UnixListener tun = owned.own(bind("tun.sock"));
    owned.own(UnixStream.connect(directory.resolve("tun.sock")));
    FramePort port = owned.own(new FramePort(tun.accept().orElseThrow()));
    Gate gate =
        new Gate(loop, port, pod, listener, directory.resolve("resolv.conf"), peerUid, log::add);
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
    public void begin() {
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
    public boolean follow() {
      return false;
    }
  }
}
