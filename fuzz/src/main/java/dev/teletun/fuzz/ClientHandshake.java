package dev.teletun.fuzz;

import dev.teletun.dtls.association.Association;

/**
 * Whatever answers a client's hello, into the guard and the real BouncyCastle client: it costs
 * little, is answered little, and if it makes an association, then with the genuine server.
 *
 * <pre>
 *   byte 0     bit 0: without connection IDs
 *   datagrams  2 bytes of length, then the bytes
 * </pre>
 */
public final class ClientHandshake {
  private static final byte[] PACKET = {0x45, 1, 2, 3};
  private static final byte[] WITH_IDS = Recording.sealed(Recording.withIds().server, PACKET);
  private static final byte[] WITHOUT_IDS = Recording.sealed(Recording.withoutIds().server, PACKET);

  // A record of 37 bytes costs BouncyCastle and its cipher two buffers of 16 KiB, soon forgotten.
  private static final long FIXED_BYTES = 4 << 20;
  private static final long FOR_EACH = 2048;

  private ClientHandshake() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    Oracle.withinBytes(FIXED_BYTES + FOR_EACH * data.length, () -> run(new Input(data)));
  }

  private static void run(Input in) {
    boolean ids = (in.u8() & 1) == 0;
    Recording recording = ids ? Recording.withIds() : Recording.withoutIds();
    HandshakeInput network = new HandshakeInput(in);
    Association made = recording.clientEnd.client(network, network);
    network.requireFewAnswers();
    if (made != null) {
      Conversation.requireOpens(made, PACKET, ids ? WITH_IDS : WITHOUT_IDS);
    }
  }
}
