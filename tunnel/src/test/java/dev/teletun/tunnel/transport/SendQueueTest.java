package dev.teletun.tunnel.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SendQueueTest {
  private static final int SIZE = 998; // 1000 with its length
  private static final int ENTRY = SIZE + 10; // and the time
  private static final int SLOW = 1; // bytes in a millisecond
  private static final int FAST = 100_000;

  private static final byte[] IP = new byte[SIZE];

  static {
    IP[0] = 0x45; // else it is a message
  }

  private final SendQueue queue = new SendQueue();
  private final CountDownLatch unblocked = new CountDownLatch(1);

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void isFullBeyondTheMarkAndDropsTheNewestBeyondTheLimit() throws Exception {
    learn(FAST);
    add(SendQueue.MARK / ENTRY);
    assertThat(queue.isFull()).isFalse();
    add(1);
    assertThat(queue.isFull()).isTrue();
    assertThat(queue.dropped()).isZero();

    add(SendQueue.PACKETS / ENTRY - SendQueue.MARK / ENTRY);

    assertThat(queue.dropped()).isEqualTo(1);
  }

  @Test
  void takesNoMoreThanASuperpacketWhereThatTakesLong() throws Exception {
    learn(SLOW);

    add(SendQueue.SUPERPACKET / ENTRY + 5);

    assertThat(queue.dropped()).isEqualTo(5);
    assertThat(queue.isFull()).isFalse();
  }

  @Test
  void keepsRoomForMessages() throws Exception {
    learn(SLOW);
    add(SendQueue.SUPERPACKET / ENTRY + 1);
    assertThat(queue.dropped()).isEqualTo(1);

    queue.message(new byte[100]);

    assertThat(queue.dropped()).isEqualTo(1);
  }

  @Test
  void letsUrgentMessagesOvertakePacketsAndTheOthersNot() throws Exception {
    queue.packet(new byte[] {0x45, 1}, 0, 2);
    queue.message(new byte[] {7, 2});
    queue.urgentMessage(new byte[] {3, 3});
    ByteArrayOutputStream written = new ByteArrayOutputStream();

    takeOnce(written, SLOW);

    assertThat(written.toByteArray())
        .containsExactly(0, 2, 3, 3, /* */ 0, 2, 0x45, 1, /* */ 0, 2, 7, 2);
  }

  @Test
  void givesASlowPathLittleAtOnce() throws Exception {
    for (int bytesPerMilli : new int[] {SLOW, FAST}) {
      add(40);
      ByteArrayOutputStream written = new ByteArrayOutputStream();

      takeOnce(written, bytesPerMilli);

      assertThat(written.size()).isEqualTo(bytesPerMilli == SLOW ? 2_000 : 16_000);
    }
  }

  @Test
  void dropsWhatWaitsForLongAndNoMessage() throws Exception {
    byte[] message = new byte[SIZE];
    for (int i = 0; i < 30; i++) {
      queue.message(Arrays.copyOf(message, 1)); // a type and nothing else
      add(1);
    }
    CountDownLatch taken = new CountDownLatch(30);
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int value) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] bytes, int at, int length) {
            for (int i = at; i < at + length; ) {
              int size = bytes[i] << 8 | (bytes[i + 1] & 0xff);
              if (size == 1) {
                taken.countDown();
              }
              i += 2 + size;
            }
            LockSupport.parkNanos(Codel.INTERVAL.toNanos() / 5);
          }
        };
    Thread.ofPlatform().daemon().start(() -> write(slow, SLOW));
    queue.flush();

    assertThat(taken.await(20, SECONDS)).isTrue();
    assertThat(queue.dropped()).isBetween(1L, 29L);
  }

  @Test
  void writesAllOfItInOrder() throws Exception {
    try (PipedInputStream in = new PipedInputStream(4096);
        PipedOutputStream out = new PipedOutputStream(in)) {
      for (int round = 0; round < 3; round++) { // more than the ring holds
        byte[] packet = new byte[SIZE];
        for (int i = 0; i < 40; i++) {
          Arrays.fill(packet, (byte) i);
          queue.packet(packet, 0, SIZE);
        }
        if (round == 0) {
          Thread.ofPlatform().daemon().start(() -> write(out, FAST));
        }
        queue.flush();
        for (int i = 0; i < 40; i++) {
          byte[] read = readFully(in);
          assertThat(read[0] << 8 | (read[1] & 0xff)).isEqualTo(SIZE);
          assertThat(Arrays.copyOfRange(read, 2, read.length)).containsOnly(i);
        }
      }
    }
    assertThat(queue.dropped()).isZero();
  }

  @Test
  void saysWhenThereIsRoomAgain() throws Exception {
    learn(FAST);
    add(SendQueue.MARK / ENTRY + 1);
    assertThat(queue.isFull()).isTrue();
    Thread.ofPlatform().daemon().start(() -> write(OutputStream.nullOutputStream(), FAST));
    queue.flush();

    assertThat(unblocked.await(10, SECONDS)).isTrue();
    assertThat(queue.isFull()).isFalse();
  }

  private static byte[] readFully(InputStream in) throws IOException {
    return in.readNBytes(SIZE + 2);
  }

  private void write(OutputStream out, int bytesPerMilli) {
    try {
      queue.writeTo(out, always(bytesPerMilli), unblocked::countDown);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One write is enough for the queue to know how fast the path is. */
  private void learn(int bytesPerMilli) throws Exception {
    queue.packet(new byte[1], 0, 1);
    takeOnce(new ByteArrayOutputStream(), bytesPerMilli);
  }

  private void takeOnce(OutputStream written, int bytesPerMilli) throws Exception {
    class Once extends FilterOutputStream {
      Once() {
        super(written);
      }

      @Override
      public void write(byte[] bytes, int at, int length) throws IOException {
        written.write(bytes, at, length);
        throw new EOFException("once");
      }
    }
    assertThatExceptionOfType(EOFException.class)
        .isThrownBy(() -> queue.writeTo(new Once(), always(bytesPerMilli), () -> {}));
  }

  private static Room always(int bytesPerMilli) {
    return new Room() {
      @Override
      public boolean await(Duration longest) {
        return true;
      }

      @Override
      public int bytesPerMilli() {
        return bytesPerMilli;
      }
    };
  }

  private void add(int packets) {
    for (int i = 0; i < packets; i++) {
      queue.packet(IP, 0, SIZE);
    }
  }
}
