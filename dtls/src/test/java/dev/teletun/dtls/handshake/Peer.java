package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One end of a tunnel as far as DTLS goes: a handshake and then an association, which the test's
 * own thread works through {@link #pump}.
 */
final class Peer implements Closeable {
  /** Packets received, as text. */
  final List<String> packets = new CopyOnWriteArrayList<>();

  private final DatagramSink out;
  private final Queue<byte[]> arrived = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Handshake handshake;
  private @Nullable Association association;

  Peer(DatagramSink out) {
    this.out = out;
  }

  DatagramSink out() {
    return out;
  }

  /** What {@link DatagramSink}s of the other side call. Any thread. */
  void deliver(byte[] datagram, int at, int length) {
    Handshake handshake = this.handshake;
    if (handshake == null || handshake.result().isDone()) {
      arrived.add(Arrays.copyOfRange(datagram, at, at + length));
    } else {
      handshake.offer(datagram, at, length);
    }
  }

  void start(Handshake handshake) {
    this.handshake = handshake;
    for (byte[] early = arrived.poll(); early != null; early = arrived.poll()) {
      handshake.offer(early, 0, early.length);
    }
  }

  boolean isStarted() {
    return handshake != null;
  }

  Handshake handshake() {
    Handshake handshake = this.handshake;
    assertThat(handshake).as("the handshake has started").isNotNull();
    return Objects.requireNonNull(handshake);
  }

  /** Takes what has arrived for the association, once there is one. */
  void pump() {
    Handshake handshake = this.handshake;
    if (handshake == null
        || !handshake.result().isDone()
        || handshake.result().isCompletedExceptionally()) {
      return;
    }
    if (association == null) {
      association = handshake.result().join();
    }
    handshake.leftover().forEach(this::receive);
    for (byte[] datagram = arrived.poll(); datagram != null; datagram = arrived.poll()) {
      receive(datagram);
    }
  }

  void receive(byte[] datagram) {
    association()
        .receive(
            datagram,
            0,
            datagram.length,
            new RecordSink() {
              @Override
              public void packet(byte[] bytes, int at, int length) {
                packets.add(new String(bytes, at, length, StandardCharsets.ISO_8859_1));
              }

              @Override
              public void answer(byte[] again, int at, int length) {
                out.send(again, at, length);
              }
            });
  }

  Association association() {
    pump();
    assertThat(association).as("the handshake has succeeded").isNotNull();
    return Objects.requireNonNull(association);
  }

  /** Seals one packet alone in its datagram. */
  byte[] sealed(String packet) {
    byte[] bytes = packet.getBytes(StandardCharsets.ISO_8859_1);
    byte[] record = new byte[bytes.length + association().overhead()];
    assertThat(association().seal(bytes, 0, bytes.length, record, 0)).isEqualTo(record.length);
    return record;
  }

  void send(String packet) {
    byte[] record = sealed(packet);
    out.send(record, 0, record.length);
  }

  /** Waits for the handshake's end, which may be its failure. */
  @Nullable Throwable failure() throws InterruptedException {
    try {
      handshake().result().get(30, TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      throw new AssertionError("the handshake does not end", e);
    }
  }

  @Override
  public void close() throws IOException {
    Handshake handshake = this.handshake;
    if (handshake != null) {
      handshake.close();
    }
  }
}
