package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.protocol.data.DataMessage;
import dev.teletun.tunnel.association.EstablishedPair;
import java.util.List;

/**
 * Datagrams at the socket of a server or a client whose association is in force, from the peer's
 * address and from another: as {@link RecordSteps}, and the peer's address does not move, and no
 * handshake begins.
 *
 * <pre>
 *   byte 0   bit 0: to the client
 *   steps
 * </pre>
 */
public final class Established {
  private static final EstablishedPair PAIR =
      EstablishedPair.make(TestKeys.CLIENT, TestKeys.SERVER);

  private Established() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    Input in = new Input(data);
    boolean toClient = (in.u8() & 1) != 0;
    new RecordSteps(in, new Socket(toClient)).run();
    require(PAIR.handshakes() == 0, "%d handshakes under way", PAIR.handshakes());
  }

  private record Socket(boolean toClient) implements RecordSteps.End {
    @Override
    public byte[] seal(byte[] plaintext) {
      return toClient ? PAIR.sealByServer(plaintext) : PAIR.sealByClient(plaintext);
    }

    @Override
    public List<byte[]> receive(byte[] datagram, boolean fromStranger) {
      return toClient ? PAIR.toClient(datagram) : PAIR.toServer(datagram, fromStranger);
    }

    @Override
    public boolean isDelivered(byte[] plaintext) {
      return plaintext.length > 0 && !DataMessage.isMessage(plaintext, 0, plaintext.length);
    }

    @Override
    public void requireUnmoved() {
      require(PAIR.isAtHome(), "the peer's address has moved");
    }
  }
}
