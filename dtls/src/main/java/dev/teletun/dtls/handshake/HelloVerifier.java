package dev.teletun.dtls.handshake;

import dev.teletun.dtls.record.RecordHeader;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSVerifier;
import org.bouncycastle.tls.DatagramSender;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * Lets a server ask a client for its address without remembering it (RFC 6347 §4.2.1): the cookie
 * is a MAC over address and hello.
 *
 * <p>Not thread-safe.
 */
public final class HelloVerifier {
  private static final long SECRET_NANOS = Duration.ofSeconds(60).toNanos();
  // Behind record header, handshake header and version, RFC 6347 §4.2.2.
  private static final int RANDOM_AT = RecordHeader.LENGTH + 12 + 2;
  private static final int RANDOM_BYTES = 32;
  private static final DatagramSender NOWHERE =
      new DatagramSender() {
        @Override
        public int getSendLimit() {
          return HandshakeTransport.LARGEST_DATAGRAM;
        }

        @Override
        public void send(byte[] bytes, int at, int length) {}
      };

  private final LongSupplier nanoClock;
  private final HelloFragments fragments = new HelloFragments();
  private DTLSVerifier current = newSecret();
  private DTLSVerifier previous = current;
  private long changedNanos;

  /** {@code nanoClock} as {@link System#nanoTime()}. */
  public HelloVerifier(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.changedNanos = nanoClock.getAsLong();
  }

  /**
   * Checks the cookie of a ClientHello, and answers one without a valid cookie. The answer is never
   * longer than the hello. One in fragments is put together first.
   *
   * @param peerId the sender's address and port as bytes
   * @return the hello if its cookie is right, for {@link Handshake#server}
   */
  public Optional<VerifiedHello> verify(
      byte[] peerId, byte[] datagram, int at, int length, DatagramSink answer) {
    if (!looksLikeClientHello(datagram, at, length)) {
      return Optional.empty();
    }
    changeSecretWhenDue();
    return fragments
        .whole(peerId, datagram, at, length)
        .map(whole -> verify(peerId, whole, answer));
  }

  private @Nullable VerifiedHello verify(byte[] peerId, byte[] whole, DatagramSink answer) {
    try {
      DTLSRequest hello =
          hasCookie(whole) ? previous.verifyRequest(peerId, whole, 0, whole.length, NOWHERE) : null;
      if (hello == null) {
        hello =
            current.verifyRequest(peerId, whole, 0, whole.length, bounded(answer, whole.length));
      }
      return hello == null
          ? null
          : new VerifiedHello(
              hello, Arrays.copyOfRange(whole, RANDOM_AT, RANDOM_AT + RANDOM_BYTES));
    } catch (RuntimeException _) { // BouncyCastle 1.84 throws one for the version 0xFEFE
      return null;
    }
  }

  /** A flood's hellos have none, and cost half as much for that. */
  private static boolean hasCookie(byte[] hello) {
    int at = RANDOM_AT + RANDOM_BYTES;
    at += at < hello.length ? 1 + (hello[at] & 0xFF) : 0; // session ID behind its length
    return at < hello.length && hello[at] != 0;
  }

  /** True for a datagram whose first record is a handshake record in clear with a ClientHello. */
  public static boolean looksLikeClientHello(byte[] datagram, int at, int length) {
    return length > RecordHeader.LENGTH
        && RecordHeader.type(datagram, at) == RecordHeader.HANDSHAKE
        && RecordHeader.epoch(datagram, at) == 0
        && (datagram[at + RecordHeader.LENGTH] & 0xFF) == HandshakeType.client_hello;
  }

  private void changeSecretWhenDue() {
    long age = nanoClock.getAsLong() - changedNanos;
    if (age < SECRET_NANOS) {
      return;
    }
    previous = age < 2 * SECRET_NANOS ? current : newSecret();
    current = newSecret();
    changedNanos += age;
  }

  private static DTLSVerifier newSecret() {
    return new DTLSVerifier(new BcTlsCrypto(new SecureRandom()));
  }

  private static DatagramSender bounded(DatagramSink answer, int requestLength) {
    return new DatagramSender() {
      @Override
      public int getSendLimit() {
        return requestLength;
      }

      @Override
      public void send(byte[] bytes, int at, int length) {
        if (length <= requestLength) {
          answer.send(bytes, at, length);
        }
      }
    };
  }
}
