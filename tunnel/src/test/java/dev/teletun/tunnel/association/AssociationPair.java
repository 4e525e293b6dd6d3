package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.dtls.handshake.HelloVerifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Two associations that a handshake in memory has made. */
public record AssociationPair(Association client, Association server) {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int PATH_MTU = 1280;
  private static final byte[] CLIENT_ADDRESS = {127, 0, 0, 1, 4, 5};

  /** Shakes hands. */
  public static AssociationPair make(Keys keys) throws Exception {
    BlockingQueue<byte[]> toServer = new LinkedBlockingQueue<>();
    BlockingQueue<byte[]> toClient = new LinkedBlockingQueue<>();
    HelloVerifier verifier = new HelloVerifier(System::nanoTime);
    Handshake client =
        Handshake.client(
            keys.client(),
            keys.server().pin(),
            PATH_MTU,
            (bytes, at, size) -> toServer.add(Arrays.copyOfRange(bytes, at, at + size)),
            DEADLINE);
    Handshake[] server = new Handshake[1];
    Eventually.holds(
        "both handshakes",
        () -> {
          for (byte[] d = poll(toServer); d != null; d = poll(toServer)) {
            if (server[0] != null) {
              server[0].offer(d, 0, d.length);
              continue;
            }
            verifier
                .verify(
                    CLIENT_ADDRESS,
                    d,
                    0,
                    d.length,
                    (bytes, at, size) -> toClient.add(Arrays.copyOfRange(bytes, at, at + size)))
                .ifPresent(hello ->
                    server[0] =
                        Handshake.server(
                            keys.server(),
                            keys.client().pin(),
                            hello,
                            PATH_MTU,
                            (bytes, at, size) ->
                                toClient.add(Arrays.copyOfRange(bytes, at, at + size)),
                            DEADLINE));
          }
          for (byte[] d = poll(toClient); d != null; d = poll(toClient)) {
            client.offer(d, 0, d.length);
          }
          return client.result().isDone() && server[0] != null && server[0].result().isDone();
        });
    return new AssociationPair(
        client.result().join(), Objects.requireNonNull(server[0]).result().join());
  }

  private static byte @Nullable [] poll(BlockingQueue<byte[]> queue) throws InterruptedException {
    return queue.poll(1, TimeUnit.MILLISECONDS);
  }

  /** Notes the length of each packet. */
  public static RecordSink sizesInto(List<Integer> sizes) {
    return new RecordSink() {
      @Override
      public void packet(byte[] bytes, int at, int length) {
        sizes.add(length);
      }

      @Override
      public void answer(byte[] datagram, int at, int length) {}
    };
  }
}
