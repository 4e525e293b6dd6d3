package dev.teletun.tunnel.end;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.Association;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.port.FramePort;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.linux.unix.UnixListener;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.tunnel.association.Associations;
import dev.teletun.tunnel.association.UdpTransport;
import dev.teletun.tunnel.transport.PacketSink;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class FullPortTest {
  private static final int BURST = 20;
  private static final int FILLING = 7;
  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

  /** An IPv4 packet of 20 bytes from 10.0.0.1 to 10.0.0.2, its checksum right. */
  private static final byte[] PACKET = {
    0x45, 0, 0, 20, 0, 0, 0, 0, 64, 59, 0x66, (byte) 0xad, 10, 0, 0, 1, 10, 0, 0, 2
  };

  @TempDir Path directory;

  @Test
  void losesNothingOfABurstThatComesWhileThePortIsFull() throws IOException {
    try (UnixListener listener =
            UnixListener.bind(
                directory.resolve("s"), PosixFilePermissions.fromString("rw-------"));
        UnixStream ours = UnixStream.connect(directory.resolve("s"));
        UnixStream slowReader = listener.accept().orElseThrow();
        EventLoop loop = EventLoop.start("end");
        UdpSocket socket = UdpSocket.bind(InetAddress.ofLiteral("127.0.0.1"), 0);
        UdpSocket peer = UdpSocket.connect(socket.localAddress())) {
      int filled = fill(ours);
      NobodyAsks nobody = new NobodyAsks();
      InClear clear = new InClear();
      TunnelEnd end = new TunnelEnd(Side.SERVER, loop, 1400, nobody);
      UdpTransport transport = UdpTransport.open(loop, socket, clear, end, nobody);
      loop.call(() -> {
        end.receiveFrom(transport);
        end.filter(new InnerFilter(List.of(InetAddress.ofLiteral("10.0.0.1"))));
        end.attach(new FramePort(ours));
      });
      send(peer);
      await(() -> clear.packets > 0); // this one is kept: the port is full
      for (int i = 1; i < BURST; i++) {
        send(peer);
      }
      for (int i = 0; i < BURST; i++) {
        loop.call(() -> {}); // time for as many turns
      }

      int expected = filled + BURST * (FrameBatch.HEADER_BYTES + PACKET.length);
      assertThat(drained(slowReader, expected)).isEqualTo(expected);
      loop.call(end::close);
      transport.close();
    }
  }

  /** Fills the stream to the last byte, and returns how many it took. */
  private static int fill(UnixStream stream) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
    int all = 0;
    for (int size : new int[] {1 << 16, FILLING, 1}) {
      for (int taken = 1; taken > 0; all += taken) {
        taken = stream.write(bytes, 0, size);
      }
    }
    return all;
  }

  private static void send(UdpSocket peer) throws IOException {
    peer.send(UdpPeer.of(peer.localAddress()), PACKET, 0, PACKET.length, PACKET.length);
  }

  private static int drained(UnixStream stream, int expected) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
    int all = 0;
    long deadline = System.nanoTime() + PATIENCE;
    while (all < expected && System.nanoTime() < deadline) {
      int read = stream.read(bytes, 0, bytes.capacity());
      all += Math.max(read, 0);
      if (read <= 0) {
        Thread.onSpinWait();
      }
    }
    return all;
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Records without protection: this is about ports. */
  private static final class InClear implements Associations {
    volatile int packets;

    @Override
    public void received(DatagramTrain train, PacketSink sink) {
      int each = Math.max(train.segmentBytes(), 1);
      for (int at = 0; at < train.length(); at += each) {
        sink.packet(train.bytes(), at, Math.min(each, train.length() - at));
      }
      packets = train.length() / each;
    }

    @Override
    public @Nullable Association current() {
      return null;
    }

    @Override
    public @Nullable UdpPeer peer() {
      return null;
    }
  }

  private static final class NobodyAsks implements TunnelEnd.Listener, TrainSender.TooBig {
    @Override
    public void portEnded(@Nullable IOException failure) {}

    @Override
    public void datagramTooBig() {}
  }
}
