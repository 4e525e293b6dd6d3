package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;

import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.unix.FrameReader;
import dev.teletun.protocol.unix.Greeting;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The AF_UNIX stream of a pair, as either program reads it: the same greeting and frames come out
 * however the bytes were cut on the way, a stream that cannot be is refused at the same place, and
 * whatever a frame says, {@link PairDuty what goes on} is fit for where it goes.
 *
 * <pre>
 *   byte 0   bit 0: with a greeting, as server-external reads; without, as server-cluster does
 *   byte 1   number of cuts, then 2 bytes each: sizes of the pieces, used in turns
 *   stream
 * </pre>
 */
public final class PairFrames {
  private static final FrameBatch BATCH = new FrameBatch(2 * FrameBatch.LARGEST_FRAME);
  private static final int ALLOCATED = 1 << 20;

  private PairFrames() {}

  /** All that was read of a stream. */
  private record Outcome(
      @Nullable String greeting, List<String> frames, boolean inside, @Nullable String refusal) {
    /** What comes in one read with an impossible frame is lost with it. */
    boolean agreesWith(Outcome other) {
      int common = Math.min(frames.size(), other.frames.size());
      return Objects.equals(greeting, other.greeting)
          && Objects.equals(refusal, other.refusal)
          && inside == other.inside
          && (refusal != null || frames.size() == other.frames.size())
          && frames.subList(0, common).equals(other.frames.subList(0, common));
    }
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    Input in = new Input(data);
    boolean greeted = (in.u8() & 1) != 0;
    int[] cuts = new int[in.u8() % 8 + 1];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = 1 + in.u16();
    }
    byte[] stream = in.rest();
    int[] uncut = {60_000};
    Oracle.withinBytes(ALLOCATED + 64L * stream.length, () -> read(stream, greeted, uncut));
    Outcome whole = read(stream, greeted, uncut);
    Outcome inPieces = read(stream, greeted, cuts);
    require(whole.agreesWith(inPieces), "whole: %s; in pieces: %s", whole, inPieces);
    for (String frame : whole.frames) {
      PairDuty.check(HexFormat.of().parseHex(frame));
    }
  }

  private static Outcome read(byte[] stream, boolean greeted, int[] cuts) {
    List<String> frames = new ArrayList<>();
    String greeting = null;
    int at = 0;
    int turn = 0;
    FrameReader reader = new FrameReader();
    Greeting.Decoder decoder = new Greeting.Decoder();
    boolean reading = !greeted;
    try {
      while (at < stream.length) {
        int size = Math.min(cuts[turn++ % cuts.length], stream.length - at);
        if (reading) {
          at += frames(reader, stream, at, size, frames);
          continue;
        }
        ByteBuffer piece = ByteBuffer.wrap(stream, at, size);
        at += size;
        Optional<Greeting> done = decoder.offer(piece);
        if (done.isPresent()) {
          greeting = done.get() + done.get().resolvConf() + done.get().facts();
          reader = new FrameReader(piece);
          reading = true;
          int none = frames(reader, stream, at, 0, frames);
          require(none == 0, "read beyond");
        }
      }
    } catch (ControlException e) {
      return new Outcome(greeting, frames, false, e.getMessage());
    }
    return new Outcome(greeting, frames, reading && reader.isInsideFrame(), null);
  }

  /** As a port reads: what fits into the batch; returns how much that was. */
  private static int frames(FrameReader reader, byte[] stream, int at, int size, List<String> into)
      throws ControlException {
    BATCH.clear();
    int from = reader.begin(BATCH);
    int fits = Math.min(size, BATCH.buffer().capacity() - from);
    BATCH.buffer().put(from, stream, at, fits);
    try {
      int frames = reader.end(BATCH, from + fits);
      require(frames == BATCH.count(), "%d frames, not %d", BATCH.count(), frames);
    } finally {
      for (int frame = 0; frame < BATCH.bytes(); frame = BATCH.next(frame)) {
        byte[] bytes = new byte[BATCH.next(frame) - frame];
        BATCH.buffer().get(frame, bytes);
        into.add(HexFormat.of().formatHex(bytes));
      }
    }
    return fits;
  }
}
