package dev.teletun.fuzz;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.handshake.Rehearsal;
import dev.teletun.dtls.handshake.VerifiedHello;
import java.util.Optional;

/**
 * What follows a hello whose cookie is right, into the guard and the real BouncyCastle server: it
 * costs little, answers little, and if it makes an association, then with the genuine client.
 *
 * <pre>
 *   byte 0     bit 0: without connection IDs; bit 1: the hello comes first, to which the cookie is
 *              added here
 *   datagrams  2 bytes of length, then the bytes
 * </pre>
 */
public final class ServerHandshake {
  private static final byte[] PACKET = {0x45, 1, 2, 3};
  private static final Genuine WITH_IDS = new Genuine(Recording.withIds());
  private static final Genuine WITHOUT_IDS = new Genuine(Recording.withoutIds());

  // A record of 37 bytes costs BouncyCastle and its cipher two buffers of 16 KiB, soon forgotten.
  private static final long FIXED_BYTES = 4 << 20;
  private static final long FOR_EACH = 2048;

  private ServerHandshake() {}

  /** What the genuine client said. */
  private static final class Genuine {
    final Recording recording;
    final VerifiedHello hello;
    final byte[] firstRecord;

    Genuine(Recording recording) {
      this.recording = recording;
      hello = Rehearsal.verify(recording.fromClient.getFirst(), _ -> {}).orElseThrow();
      firstRecord = Recording.sealed(recording.client, PACKET);
    }
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    Oracle.withinBytes(FIXED_BYTES + FOR_EACH * data.length, () -> run(new Input(data)));
  }

  private static void run(Input in) {
    int mode = in.u8();
    Genuine genuine = (mode & 1) == 0 ? WITH_IDS : WITHOUT_IDS;
    Optional<VerifiedHello> hello =
        (mode & 2) == 0 ? Optional.of(genuine.hello) : HelloBytes.verified(in.piece());
    if (hello.isEmpty()) {
      return;
    }
    HandshakeInput network = new HandshakeInput(in);
    Association made = genuine.recording.serverEnd.server(hello.get(), network, network);
    network.requireFewAnswers();
    if (made != null) {
      // A hello of the input's may be the genuine one of the other recording.
      Conversation.requireOpens(made, PACKET, WITH_IDS.firstRecord, WITHOUT_IDS.firstRecord);
    }
  }
}
