package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What an attacker and the peer may send to an end that has an association. Each step is one
 * datagram:
 *
 * <pre>
 *   1 byte   0 and 1: bytes as they are (2 bytes of length, bytes)
 *            2 and 3: a genuine record, changed (1 byte for how often, then 2 bytes each: where,
 *            what), cut or made longer (1 byte, signed, for how much)
 *            4: whatever the peer may seal (2 bytes of length, bytes)
 *            5 and 6: the last genuine record again
 *            odd: from a stranger's address
 * </pre>
 *
 * Nothing comes out but what the peer has sealed, each once, and at the end the peer is still
 * heard.
 */
final class RecordSteps {
  private static final int MOST_STEPS = 16;
  private static final int LONGEST = 1400;

  /** One end with its association, and the other to seal for it. */
  interface End {
    byte[] seal(byte[] plaintext);

    /** What came out. */
    List<byte[]> receive(byte[] datagram, boolean fromStranger);

    /** True for what comes out if the peer says it. */
    boolean isDelivered(byte[] plaintext);

    /** Something to say to whoever broke in on the association, if anything did. */
    void requireUnmoved();
  }

  private final Input in;
  private final End end;
  private long number;
  private byte[] genuine = {};

  RecordSteps(Input in, End end) {
    this.in = in;
    this.end = end;
  }

  void run() {
    for (int step = 0; step < MOST_STEPS && !in.isEmpty(); step++) {
      int what = in.u8();
      boolean stranger = (what & 1) != 0;
      switch (what % 7) {
        case 0, 1 -> requireSilent(in.piece(), stranger);
        case 2, 3 -> changed(stranger);
        case 4 -> said(in.take(Math.min(in.u16(), LONGEST)));
        default -> requireSilent(genuine, stranger);
      }
    }
    said(next());
    end.requireUnmoved();
  }

  private byte[] next() {
    number++;
    return ByteBuffer.allocate(9).put((byte) 0x45).putLong(number).array();
  }

  private void said(byte[] plaintext) {
    genuine = end.seal(plaintext);
    requireHeard(plaintext, end.receive(genuine, false));
  }

  private void requireHeard(byte[] plaintext, List<byte[]> heard) {
    boolean right =
        end.isDelivered(plaintext)
            ? heard.size() == 1 && Arrays.equals(heard.getFirst(), plaintext)
            : heard.isEmpty();
    require(right, "said %s, heard %d packets", Arrays.toString(plaintext), heard.size());
  }

  private void requireSilent(byte[] datagram, boolean stranger) {
    List<byte[]> heard = end.receive(datagram, stranger);
    require(heard.isEmpty(), "%d packets of nobody's", heard.size());
    end.requireUnmoved();
  }

  private void changed(boolean stranger) {
    byte[] plaintext = next();
    byte[] record = end.seal(plaintext);
    byte[] changed = Arrays.copyOf(record, Math.max(0, record.length + (byte) changes()));
    for (int left = in.u8() % 4; left > 0 && changed.length > 0; left--) {
      changed[in.u8() % changed.length] ^= (byte) in.u8();
    }
    int kept = Math.min(changed.length, record.length);
    boolean intact = kept == record.length && Arrays.equals(record, 0, kept, changed, 0, kept);
    if (intact && !stranger) {
      requireHeard(plaintext, end.receive(changed, false));
    } else if (!intact) {
      requireSilent(changed, stranger);
    }
  }

  private int changes() {
    int how = in.u8();
    return (how & 1) == 0 ? 0 : how;
  }
}
