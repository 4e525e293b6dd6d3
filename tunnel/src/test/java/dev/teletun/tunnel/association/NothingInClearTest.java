package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.lab.relay.Passage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an eavesdropper sees while a handshake's end is lost and both sides have much to say. */
@Timeout(60)
class NothingInClearTest {
  private static final String MARKER = "MARKER-OF-A-PACKET";
  private static final int LOST_FLIGHTS = 3;
  private static final int PACKETS_EACH = 2000;
  private static final int CLEAR = 0;

  private @TempDir Path directory;

  @Test
  void noRecordIsInClearButTheHandshakesOwnWhenTheLastFlightIsLost() throws Exception {
    AtomicInteger toLose = new AtomicInteger(LOST_FLIGHTS);
    Passage losesLastFlight =
        (datagram, exit) -> {
          if (!isLastFlight(datagram) || toLose.getAndDecrement() <= 0) {
            Passage.CLEAR.carry(datagram, exit);
          }
        };
    try (BadNetwork network = new BadNetwork(Keys.in(directory), Passage.CLEAR, losesLastFlight);
        LoopbackClient client = network.dial()) {
      talkAsSoonAsAllowed(network, client);

      assertThat(toLose).hasNonPositiveValue();
      assertThat(recordsInClear(network.fromClient))
          .containsOnly(RecordHeader.HANDSHAKE, RecordHeader.CHANGE_CIPHER_SPEC);
      assertThat(recordsInClear(network.fromServer))
          .containsOnly(RecordHeader.HANDSHAKE, RecordHeader.CHANGE_CIPHER_SPEC);
      assertThat(network.fromClient).noneSatisfy(NothingInClearTest::showsAPacket);
      assertThat(network.fromServer).noneSatisfy(NothingInClearTest::showsAPacket);
    }
  }

  /** Both ends send at full rate from before they may until each has heard much of the other. */
  private static void talkAsSoonAsAllowed(BadNetwork network, LoopbackClient client)
      throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?> atServer =
          threads.submit(() -> {
            while (!enough.get()) {
              network.server.send(MARKER);
            }
            return null;
          });
      Future<?> atClient =
          threads.submit(() -> {
            while (!enough.get()) {
              client.sendIfAllowed(MARKER);
            }
            return null;
          });
      try {
        Eventually.holds(
            "packets both ways",
            () ->
                network.server.packets.size() > PACKETS_EACH
                    && client.packets.size() > PACKETS_EACH);
      } finally {
        enough.set(true);
      }
      atServer.get();
      atClient.get();
    }
  }

  private static boolean isLastFlight(byte[] datagram) {
    return RecordHeader.type(datagram, 0) == RecordHeader.CHANGE_CIPHER_SPEC;
  }

  /** The types of all records of epoch 0. */
  private static List<Integer> recordsInClear(List<byte[]> datagrams) {
    List<Integer> types = new ArrayList<>();
    for (byte[] datagram : datagrams) {
      int at = 0;
      while (at < datagram.length) {
        int idLength = RecordHeader.type(datagram, at) == RecordHeader.TLS12_CID ? 8 : 0;
        int size = RecordHeader.size(datagram, at, datagram.length, idLength);
        assertThat(size).as("a whole record").isPositive();
        if (RecordHeader.epoch(datagram, at) == CLEAR) {
          types.add(RecordHeader.type(datagram, at));
        }
        at += size;
      }
    }
    return types;
  }

  private static void showsAPacket(byte[] datagram) {
    assertThat(new String(datagram, StandardCharsets.ISO_8859_1)).contains(MARKER);
  }
}
