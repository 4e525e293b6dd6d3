package dev.teletun.fuzz;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.handshake.DatagramSink;
import dev.teletun.dtls.handshake.Rehearsal;
import dev.teletun.dtls.handshake.VerifiedHello;
import dev.teletun.dtls.record.ConnectionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A handshake between a client and a server that trust each other, and what both said: the same in
 * every process.
 */
final class Recording {
  private static final ConnectionId CLIENT_ID =
      ConnectionId.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
  private static final ConnectionId SERVER_ID =
      ConnectionId.of(new byte[] {9, 8, 7, 6, 5, 4, 3, 2});

  /** Apart from the class, which two threads must be able to use when these are made. */
  private static final class Made {
    static final Recording WITH_IDS = new Recording(CLIENT_ID, SERVER_ID);
    static final Recording WITHOUT_IDS = new Recording(ConnectionId.NONE, ConnectionId.NONE);
  }

  /** From the hello with the cookie on. */
  final List<byte[]> fromClient = new ArrayList<>();

  /** From the question for the cookie on. */
  final List<byte[]> fromServer = new ArrayList<>();

  final Rehearsal clientEnd;
  final Rehearsal serverEnd;
  final Association client;
  final Association server;

  private Recording(ConnectionId clientId, ConnectionId serverId) {
    clientEnd = new Rehearsal(TestKeys.CLIENT, TestKeys.SERVER.pin(), clientId);
    serverEnd = new Rehearsal(TestKeys.SERVER, TestKeys.CLIENT.pin(), serverId);
    BlockingQueue<byte[]> toServer = new LinkedBlockingQueue<>();
    BlockingQueue<byte[]> toClient = new LinkedBlockingQueue<>();
    CompletableFuture<@Nullable Association> ending =
        CompletableFuture.supplyAsync(() -> clientEnd.client(() -> take(toClient), into(toServer)));
    Optional<VerifiedHello> hello = Optional.empty();
    while (hello.isEmpty()) {
      byte[] datagram = Objects.requireNonNull(take(toServer), "no hello");
      hello = Rehearsal.verify(datagram, question -> send(question, fromServer, toClient));
      if (hello.isPresent()) {
        fromClient.add(datagram);
      }
    }
    server =
        Objects.requireNonNull(
            serverEnd.server(
                hello.get(),
                () -> note(take(toServer), fromClient),
                (bytes, at, length) ->
                    send(Arrays.copyOfRange(bytes, at, at + length), fromServer, toClient)),
            "the server failed");
    client = Objects.requireNonNull(ending.join(), "the client failed");
  }

  static Recording withIds() {
    return Made.WITH_IDS;
  }

  static Recording withoutIds() {
    return Made.WITHOUT_IDS;
  }

  private static void send(byte[] datagram, List<byte[]> note, BlockingQueue<byte[]> to) {
    note.add(datagram);
    to.add(datagram);
  }

  private static byte @Nullable [] note(byte @Nullable [] datagram, List<byte[]> in) {
    if (datagram != null) {
      in.add(datagram);
    }
    return datagram;
  }

  private static DatagramSink into(BlockingQueue<byte[]> queue) {
    return (bytes, at, length) -> queue.add(Arrays.copyOfRange(bytes, at, at + length));
  }

  private static byte @Nullable [] take(BlockingQueue<byte[]> queue) {
    try {
      return queue.poll(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What {@code sender} seals next. */
  static byte[] sealed(Association sender, byte[] plaintext) {
    byte[] record = new byte[plaintext.length + sender.overhead()];
    sender.seal(plaintext, 0, plaintext.length, record, 0);
    return record;
  }
}
