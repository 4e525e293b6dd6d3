package dev.teletun.fuzz;

import dev.teletun.dtls.handshake.Rehearsal;
import dev.teletun.dtls.handshake.VerifiedHello;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A ClientHello alone in its datagram (RFC 6347 §4.2), and its cookie. */
final class HelloBytes {
  private static final int RECORD_HEADER = 13;
  private static final int MESSAGE_HEADER = 12;
  private static final int SESSION_ID = RECORD_HEADER + MESSAGE_HEADER + 2 + 32;
  private static final int COOKIE_IN_QUESTION = RECORD_HEADER + MESSAGE_HEADER + 2;

  private HelloBytes() {}

  /** The hello as the server of a rehearsal takes it, with the cookie that it asked for. */
  static Optional<VerifiedHello> verified(byte[] hello) {
    List<byte[]> questions = new ArrayList<>();
    try {
      Optional<VerifiedHello> at = Rehearsal.verify(hello, questions::add);
      return at.isPresent() || questions.isEmpty()
          ? at
          : Rehearsal.verify(withCookie(hello, questions.getFirst()), _ -> {});
    } catch (RuntimeException _) { // of BouncyCastle: the real verifier drops the hello
      return Optional.empty();
    }
  }

  /** The hello with the cookie of {@code question} in the place of its own. */
  static byte[] withCookie(byte[] hello, byte[] question) {
    byte[] cookie = Arrays.copyOfRange(question, COOKIE_IN_QUESTION + 1, question.length);
    int at = SESSION_ID < hello.length ? SESSION_ID + 1 + (hello[SESSION_ID] & 0xff) : hello.length;
    if (at >= hello.length) {
      return hello;
    }
    int behind = Math.min(at + 1 + (hello[at] & 0xff), hello.length);
    byte[] with = new byte[at + 1 + cookie.length + hello.length - behind];
    System.arraycopy(hello, 0, with, 0, at);
    with[at] = (byte) cookie.length;
    System.arraycopy(cookie, 0, with, at + 1, cookie.length);
    System.arraycopy(hello, behind, with, at + 1 + cookie.length, hello.length - behind);
    int message = with.length - RECORD_HEADER - MESSAGE_HEADER;
    PacketModel.put16(with, RECORD_HEADER - 2, message + MESSAGE_HEADER);
    PacketModel.put16(with, RECORD_HEADER + 2, message);
    PacketModel.put16(with, RECORD_HEADER + 10, message);
    return with;
  }
}
