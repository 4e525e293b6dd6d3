package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether packets have got a way for the first time, over UDP or TCP. Any thread. */
final class FirstWay {
  private final CompletableFuture<Void> found = new CompletableFuture<>();

  void found() {
    found.complete(null);
  }

  void failed(Throwable why) {
    found.completeExceptionally(why);
  }

  /**
   * Waits for it.
   *
   * @throws IOException with why there is none
   */
  void await(Duration patience, Candidate server) throws IOException {
    try {
      found.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof IOException io && io.getMessage() != null
              ? io.getMessage()
              : String.valueOf(e.getCause());
      throw new IOException(none(server, why), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(none(server, "no answer"), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted during the DTLS handshake");
    }
  }

  private static String none(Candidate server, String why) {
    return server
        .udp()
        .map(udp ->
            "UDP %s gave no data association, although TCP to %s works: %s"
                .formatted(Addresses.text(udp), port(server), why))
        .orElseGet(() ->
            "%s gave no connection for packets, although it gave one for control: %s"
                .formatted(server, why));
  }

  private static String port(Candidate server) {
    return server.tcpPort() == server.udpPort() ? "the same port" : "port " + server.tcpPort();
  }
}
