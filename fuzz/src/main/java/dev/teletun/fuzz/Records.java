package dev.teletun.fuzz;

import dev.teletun.dtls.association.Association;
import java.util.List;

/**
 * Datagrams into an association that is established, of either side, with connection IDs or
 * without; see {@link RecordSteps}.
 *
 * <pre>
 *   byte 0   bit 0: without connection IDs; bit 1: into the client's
 *   steps
 * </pre>
 */
public final class Records {
  private Records() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    Input in = new Input(data);
    int mode = in.u8();
    Recording made = (mode & 1) == 0 ? Recording.withIds() : Recording.withoutIds();
    boolean toClient = (mode & 2) != 0;
    new RecordSteps(
            in, toClient ? new Pair(made.server, made.client) : new Pair(made.client, made.server))
        .run();
  }

  private record Pair(Association sender, Association receiver) implements RecordSteps.End {
    @Override
    public byte[] seal(byte[] plaintext) {
      return Recording.sealed(sender, plaintext);
    }

    @Override
    public List<byte[]> receive(byte[] datagram, boolean fromStranger) {
      Conversation heard = new Conversation();
      receiver.receive(datagram, 0, datagram.length, heard);
      Oracle.require(heard.answers <= 4, "%d answers", heard.answers);
      return heard.packets;
    }

    @Override
    public boolean isDelivered(byte[] plaintext) {
      return true;
    }

    @Override
    public void requireUnmoved() {
      Oracle.require(!receiver.peerClosed(), "closed by nobody");
    }
  }
}
