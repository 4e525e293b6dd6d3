package dev.teletun.tunnel.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SendQueueTest {
  private static final int SIZE = 998; // 1000 with its length

  private final SendQueue queue = new SendQueue();
  private final CountDownLatch unblocked = new CountDownLatch(1);

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void isFullBeyondTheMarkAndDropsTheNewestBeyondTheLimit() {
    add(SendQueue.MARK / 1000);
    assertThat(queue.isFull()).isFalse();
    add(1);
    assertThat(queue.isFull()).isTrue();
    assertThat(queue.dropped()).isZero();

    add(SendQueue.PACKETS / 1000);

    assertThat(queue.dropped()).isEqualTo(SendQueue.MARK / 1000 + 1);
  }

  @Test
  void keepsRoomForMessages() {
    add(SendQueue.PACKETS / 1000 + 1);
    assertThat(queue.dropped()).isEqualTo(1);

    queue.message(new byte[100]);

    assertThat(queue.dropped()).isEqualTo(1);
  }

  @Test
  void writesAllOfItInOrderAndSaysWhenThereIsRoomAgain() throws Exception {
    try (PipedInputStream in = new PipedInputStream(4096);
        PipedOutputStream out = new PipedOutputStream(in)) {
      for (int round = 0; round < 3; round++) { // more than the ring holds
        byte[] packet = new byte[SIZE];
        for (int i = 0; i < 40; i++) {
          Arrays.fill(packet, (byte) i);
          queue.packet(packet, 0, SIZE);
        }
        if (round == 0) {
          Thread.ofPlatform().daemon().start(() -> write(out));
        }
        queue.flush();
        for (int i = 0; i < 40; i++) {
          byte[] read = readFully(in);
          assertThat(read[0] << 8 | (read[1] & 0xff)).isEqualTo(SIZE);
          assertThat(Arrays.copyOfRange(read, 2, read.length)).containsOnly(i);
        }
      }
    }
    assertThat(unblocked.await(10, SECONDS)).isTrue();
    assertThat(queue.isFull()).isFalse();
  }

  private static byte[] readFully(InputStream in) throws IOException {
    return in.readNBytes(SIZE + 2);
  }

  private void write(PipedOutputStream out) {
    try {
      queue.writeTo(out, unblocked::countDown);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void add(int packets) {
    for (int i = 0; i < packets; i++) {
      queue.packet(new byte[SIZE], 0, SIZE);
    }
  }
}
