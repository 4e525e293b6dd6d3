package dev.teletun.tunnel.end;

import dev.teletun.linux.port.FramePort;
import dev.teletun.linux.unix.UnixListener;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.Eventually;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a tunnel end's local port leads to: the other side of an AF_UNIX connection. */
final class FarSide implements Closeable {
  private static final int IP_AND_UDP_HEADERS = 28;

  /** The tunnel end's side of it. */
  final FramePort port;

  private final CloseStack owned = new CloseStack();
  private final FramePort far;
  private final FrameBatch batch = new FrameBatch(4 * FrameBatch.LARGEST_FRAME);

  FarSide(Path sockfile) throws IOException {
    UnixListener listener =
        owned.own(UnixListener.bind(sockfile, PosixFilePermissions.fromString("rw-------")));
    port = owned.own(new FramePort(UnixStream.connect(sockfile)));
    Optional<UnixStream> accepted = listener.accept();
    far = owned.own(new FramePort(accepted.orElseThrow()));
  }

  /** Lets a packet into the tunnel. */
  void send(byte[] packet) throws IOException {
    batch.clear();
    batch.buffer().put(batch.nextPacketOffset(), packet);
    batch.commit(packet.length);
    far.write(batch);
  }

  /** Waits for one packet and returns what its UDP datagram carries. */
  String receive() throws Exception {
    List<String> packets = new ArrayList<>();
    Eventually.holds(
        "a packet",
        () -> {
          batch.clear();
          for (int i = far.read(batch), frame = 0; i > 0; i--, frame = batch.next(frame)) {
            byte[] payload = new byte[batch.packetLength(frame) - IP_AND_UDP_HEADERS];
            batch.buffer().get(batch.packetOffset(frame) + IP_AND_UDP_HEADERS, payload);
            packets.add(new String(payload, StandardCharsets.US_ASCII));
          }
          return !packets.isEmpty();
        });
    return String.join(" ", packets);
  }

  /** Goes away. */
  void end() {
    far.close();
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }
}
