package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.dtls.handshake.HelloVerifier;
import dev.teletun.dtls.handshake.VerifiedHello;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the cookie, whole or in fragments, from a few senders: nobody is answered more
 * than he sent, nobody is believed without a cookie, and a hello that was asked for one is believed
 * with it, from its own sender alone.
 *
 * <pre>
 *   datagrams  1 byte for the sender, 2 bytes of length, then the bytes
 * </pre>
 */
public final class Hellos {
  private static final int SENDERS = 4;
  private static final HelloVerifier VERIFIER = new HelloVerifier(() -> 0);
  private static int inputs;

  private Hellos() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    inputs++; // fragments of other inputs are of other senders
    Input in = new Input(data);
    int[] owed = new int[SENDERS];
    while (!in.isEmpty()) {
      int sender = in.u8() % SENDERS;
      byte[] datagram = in.piece();
      owed[sender] += datagram.length;
      byte[] answer = offer(sender, datagram, owed);
      if (answer != null && isWhole(datagram)) {
        withCookie(sender, HelloBytes.withCookie(datagram, answer));
      }
    }
  }

  private static byte @Nullable [] offer(int sender, byte[] datagram, int[] owed) {
    byte[][] answer = new byte[1][];
    Optional<VerifiedHello> hello =
        VERIFIER.verify(
            id(sender),
            datagram,
            0,
            datagram.length,
            (bytes, at, length) -> {
              owed[sender] -= length;
              answer[0] = Arrays.copyOfRange(bytes, at, at + length);
            });
    require(hello.isEmpty(), "a hello is believed without a cookie");
    require(owed[sender] >= 0, "%d bytes more answered than were sent", -owed[sender]);
    return answer[0];
  }

  private static void withCookie(int sender, byte[] hello) {
    require(isBelieved(id(sender), hello), "the right cookie, and not believed");
    require(!isBelieved(id(sender + 1), hello), "another's cookie, and believed");
  }

  private static boolean isBelieved(byte[] sender, byte[] hello) {
    return VERIFIER.verify(sender, hello, 0, hello.length, (_, _, _) -> {}).isPresent();
  }

  /** Neither a fragment nor cut, and alone in its datagram. */
  private static boolean isWhole(byte[] hello) {
    int message = hello.length - 25;
    return PacketModel.u16(hello, 11) == message + 12
        && PacketModel.u16(hello, 15) == message
        && PacketModel.u16(hello, 23) == message;
  }

  private static byte[] id(int sender) {
    return new byte[] {
      (byte) (inputs >> 24),
      (byte) (inputs >> 16),
      (byte) (inputs >> 8),
      (byte) inputs,
      (byte) sender
    };
  }
}
