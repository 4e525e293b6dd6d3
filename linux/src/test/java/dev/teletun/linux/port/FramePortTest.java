package dev.teletun.linux.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.linux.unix.UnixListener;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class FramePortTest {
  private static final int CAPACITY = 256 * 1024;

  @TempDir private Path directory;
  private final FrameBatch out = new FrameBatch(CAPACITY);
  private final FrameBatch in = new FrameBatch(CAPACITY);
  private UnixListener listener;
  private UnixStream raw;
  private UnixStream accepted;

  @BeforeEach
  void connect() throws IOException {
    Path path = directory.resolve("pair.sock");
    listener = UnixListener.bind(path, PosixFilePermissions.fromString("rw-------"));
    raw = UnixStream.connect(path);
    accepted = listener.accept().orElseThrow();
  }

  @AfterEach
  void close() throws IOException {
    raw.close();
    accepted.close();
    listener.close();
  }

  @Test
  void carriesABatchOfPacketsWithTheirHeaders() throws IOException {
    FramePort near = new FramePort(raw);
    FramePort far = new FramePort(accepted);
    add(out, 40, 7);
    add(out, FrameBatch.LARGEST_PACKET, 8);
    add(out, 1, 9);

    assertThat(near.write(out)).isTrue();

    List<String> packets = new ArrayList<>();
    while (packets.size() < 3) {
      assertThat(far.read(in)).isNotEqualTo(PacketPort.ENDED);
      drain(packets);
    }
    assertThat(packets).containsExactly("40 x 7 gso 7", "65535 x 8 gso 8", "1 x 9 gso 9");
    assertThat(far.read(in)).as("nothing more").isZero();
    assertThat(near.dropped()).isZero();
  }

  @Test
  void putsAFrameTogetherThatComesByteByByte() throws IOException {
    FramePort port = new FramePort(accepted);
    add(out, 30, 5);
    for (int at = 0; at < out.bytes() - 1; at++) {
      raw.write(out.buffer(), at, at + 1);
      assertThat(port.read(in)).isZero();
    }

    raw.write(out.buffer(), out.bytes() - 1, out.bytes());

    assertThat(port.read(in)).isEqualTo(1);
    List<String> packets = new ArrayList<>();
    drain(packets);
    assertThat(packets).containsExactly("30 x 5 gso 5");
  }

  @Test
  void beginsWithWhatWasReadBehindTheGreeting() throws IOException {
    add(out, 30, 5);
    add(out, 20, 6);
    int split = out.bytes() - 3;
    ByteBuffer leftover = ByteBuffer.allocate(split);
    out.buffer().get(0, leftover.array());
    FramePort port = new FramePort(accepted, leftover, false);

    assertThat(port.read(in)).as("without any byte to read").isEqualTo(1);
    raw.write(out.buffer(), split, out.bytes());
    assertThat(port.read(in)).isEqualTo(1);

    List<String> packets = new ArrayList<>();
    drain(packets);
    assertThat(packets).containsExactly("30 x 5 gso 5", "20 x 6 gso 6");
  }

  @Test
  void keepsOneBatchForAReaderThatSleepsAndDropsTheRest() throws IOException {
    FramePort near = new FramePort(raw);
    FramePort far = new FramePort(accepted);
    long written = 0;
    boolean all = true;
    while (all) {
      add(out, 60_000, (int) (written % 100));
      add(out, 60_000, (int) (written % 100));
      all = near.write(out);
      written += 2;
      out.clear();
    }
    assertThat(near.dropped()).as("what did not fit is kept").isZero();
    add(out, 100, 1);
    assertThat(near.write(out)).isFalse();
    assertThat(near.write(out)).isFalse();
    assertThat(near.dropped()).isEqualTo(2);
    assertThat(near.flush()).as("the reader still sleeps").isFalse();

    List<String> packets = new ArrayList<>();
    while (packets.size() < written) {
      far.read(in);
      drain(packets);
      near.flush();
    }

    assertThat(near.flush()).isTrue();
    assertThat(near.write(out)).isTrue();
    far.read(in);
    drain(packets);
    assertThat(packets).hasSize((int) written + 1).endsWith("100 x 1 gso 1");
    assertThat(packets.get((int) written - 1)).startsWith("60000 x");
  }

  @Test
  void goesOnWhereTheKernelStoppedInsideABatch() throws IOException {
    FramePort near = new FramePort(raw);
    FramePort far = new FramePort(accepted);
    FrameBatch moreThanTheSocketHolds = new FrameBatch(8 << 20);
    for (int frame = 0; frame < 100; frame++) {
      add(moreThanTheSocketHolds, 60_000 + frame, frame);
    }

    assertThat(near.write(moreThanTheSocketHolds)).isFalse();

    List<String> packets = new ArrayList<>();
    while (packets.size() < 100) {
      far.read(in);
      drain(packets);
      near.flush();
    }
    for (int frame = 0; frame < 100; frame++) {
      assertThat(packets.get(frame))
          .isEqualTo("%d x %d gso %d".formatted(60_000 + frame, frame, frame));
    }
    assertThat(near.dropped()).isZero();
  }

  @Test
  void endsOnlyAfterTheLastFrameWasRead() throws IOException {
    FramePort port = new FramePort(accepted);
    add(out, 30, 5);
    raw.write(out.buffer(), 0, out.bytes());
    raw.close();

    assertThat(port.read(in)).isEqualTo(1);
    assertThat(port.read(in)).isEqualTo(PacketPort.ENDED);
  }

  @Test
  void endsInsideAFrame() throws IOException {
    FramePort port = new FramePort(accepted);
    add(out, 30, 5);
    raw.write(out.buffer(), 0, 17);
    raw.close();

    assertThat(port.read(in)).isZero();
    assertThat(port.read(in)).isEqualTo(PacketPort.ENDED);
    assertThat(in.isEmpty()).isTrue();
  }

  @Test
  void dropsWhatGoesToASideThatIsGone() throws IOException {
    FramePort port = new FramePort(raw);
    accepted.close();
    add(out, 30, 5);
    add(out, 30, 6);

    assertThat(port.write(out)).isTrue();
    assertThat(port.write(out)).isTrue();

    assertThat(port.dropped()).isEqualTo(4);
    assertThat(port.flush()).isTrue();
    assertThat(port.read(in)).isEqualTo(PacketPort.ENDED);
  }

  @Test
  void refusesBytesThatCannotBeAFrame() throws IOException {
    FramePort port = new FramePort(accepted);
    ByteBuffer http = ByteBuffer.allocateDirect(8);
    http.put("GET / HT".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    raw.write(http, 0, 8);

    assertThatExceptionOfType(ControlException.class).isThrownBy(() -> port.read(in));
  }

  @Test
  void readsNothingIntoAFullBatch() throws IOException {
    FramePort port = new FramePort(accepted);
    while (in.hasRoom()) {
      add(in, 60_000, 1);
    }
    int count = in.count();
    add(out, 30, 5);
    raw.write(out.buffer(), 0, out.bytes());

    assertThat(port.read(in)).isZero();
    assertThat(in.count()).isEqualTo(count);
  }

  private static void add(FrameBatch batch, int bytes, int fill) {
    VirtioNetHeader.put(batch.buffer(), batch.nextHeaderOffset(), 0, 0, 0, fill, 0, 0);
    for (int at = 0; at < bytes; at++) {
      batch.buffer().put(batch.nextPacketOffset() + at, (byte) fill);
    }
    batch.commit(bytes);
  }

  /** Moves what was read to {@code packets}, as text. */
  private void drain(List<String> packets) {
    for (int frame = 0; frame < in.bytes(); frame = in.next(frame)) {
      int first = in.packetOffset(frame);
      byte fill = in.buffer().get(first);
      for (int at = 0; at < in.packetLength(frame); at++) {
        if (in.buffer().get(first + at) != fill) {
          throw new AssertionError("byte %d of a packet is wrong".formatted(at));
        }
      }
      int gso = VirtioNetHeader.gsoSize(in.buffer(), in.headerOffset(frame));
      packets.add("%d x %d gso %d".formatted(in.packetLength(frame), fill, gso));
    }
    in.clear();
  }
}
