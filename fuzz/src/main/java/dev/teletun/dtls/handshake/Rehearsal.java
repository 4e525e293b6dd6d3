package dev.teletun.dtls.handshake;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.dtls.record.ConnectionId;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSVerifier;
import org.bouncycastle.tls.DatagramSender;
import org.jspecify.annotations.Nullable;

/**
 * One end of a handshake as {@link Handshake} has it, guard and BouncyCastle and all, but on the
 * caller's thread, without waiting and without chance: the same datagrams in, the same out.
 */
public final class Rehearsal {
  private static final int PATH_MTU_BYTES = 1452;
  private static final long SERVER_SEED = 1;
  private static final long CLIENT_SEED = 2;
  private static final long COOKIE_SEED = 3;
  private static final byte[] CLIENT_ADDRESS = {127, 0, 0, 1, 4, 5};

  private final Identity own;
  private final Pin peer;
  private final ConnectionId id;

  /** {@code id} is what the peer shall put into its records. */
  public Rehearsal(Identity own, Pin peer, ConnectionId id) {
    this.own = own;
    this.peer = peer;
    this.id = id;
  }

  /** A hello with a cookie that is right, or empty and the question for one in {@code answer}. */
  public static Optional<VerifiedHello> verify(byte[] hello, Consumer<byte[]> answer) {
    DTLSVerifier verifier = new DTLSVerifier(FixedCrypto.of(_ -> {}, COOKIE_SEED));
    DTLSRequest request =
        verifier.verifyRequest(
            CLIENT_ADDRESS,
            hello,
            0,
            hello.length,
            new DatagramSender() {
              @Override
              public int getSendLimit() {
                return PATH_MTU_BYTES;
              }

              @Override
              public void send(byte[] bytes, int at, int length) {
                answer.accept(java.util.Arrays.copyOfRange(bytes, at, at + length));
              }
            });
    return Optional.ofNullable(request).map(r -> new VerifiedHello(r, new byte[0]));
  }

  /**
   * Runs the server until it has an association or {@code network} nothing more.
   *
   * @return null if the handshake failed in a way that {@link Handshake} makes a failure of
   */
  public @Nullable Association server(VerifiedHello hello, Network network, DatagramSink out) {
    return run(
        true,
        network,
        out,
        SERVER_SEED,
        (crypto, check, ids, transport) ->
            new DTLSServerProtocol()
                .accept(
                    RememberedSignatures.of(new PinnedServer(crypto, own, check, ids)),
                    transport,
                    hello.request()));
  }

  /** Runs the client; otherwise as {@link #server}. */
  public @Nullable Association client(Network network, DatagramSink out) {
    return run(
        false,
        network,
        out,
        CLIENT_SEED,
        (crypto, check, ids, transport) ->
            new DTLSClientProtocol().connect(new PinnedClient(crypto, own, check, ids), transport));
  }

  private interface Play {
    Object run(
        KeyCapturingCrypto crypto, PeerCheck check, ConnectionIds ids, FedTransport transport)
        throws IOException;
  }

  private @Nullable Association run(
      boolean server, Network network, DatagramSink out, long seed, Play play) {
    PeerCheck check = new PeerCheck(peer);
    ConnectionIds ids = new ConnectionIds(server, id);
    HandshakeTransport transport =
        new HandshakeTransport(server, ids, out, PATH_MTU_BYTES, Duration.ofMinutes(1));
    KeyCapturingCrypto crypto = FixedCrypto.of(transport::keep, seed);
    try {
      play.run(crypto, check, ids, new FedTransport(transport, network));
      transport.close();
    } catch (IOException | RuntimeException _) { // what a handshake may end with
      return null;
    }
    GcmRecordCipher cipher = crypto.cipher();
    if (cipher == null || !check.passed()) {
      throw new AssertionError("a handshake without keys or without a trusted peer");
    }
    return server
        ? Association.ofServer(
            cipher.sealer(), cipher.opener(), transport.lastFlight(), System::nanoTime)
        : Association.ofClient(cipher.sealer(), cipher.opener());
  }
}
