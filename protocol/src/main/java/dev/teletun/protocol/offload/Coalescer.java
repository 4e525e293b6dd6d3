package dev.teletun.protocol.offload;

import static java.util.Objects.requireNonNull;

import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import org.jspecify.annotations.Nullable;

/**
 * Merges packets that follow one another in a TCP connection, or equal datagrams of a UDP flow,
 * into superpackets of a {@link FrameBatch}. Other packets pass unchanged; order is kept.
 *
 * <pre>
 *   begin(batch) → add … add → finish()
 * </pre>
 *
 * <p>Not thread-safe; reusable; no allocation per call.
 */
public final class Coalescer {
  private final boolean mergeUdp;
  private final MergeCandidate candidate = new MergeCandidate();
  private final OpenSuperpacket open = new OpenSuperpacket();
  private boolean isOpen;
  private @Nullable FrameBatch into;

  /**
   * A coalescer between batches.
   *
   * @param mergeUdp true if whatever the batches are written to takes {@link
   *     VirtioNetHeader#GSO_UDP_L4}
   */
  public Coalescer(boolean mergeUdp) {
    this.mergeUdp = mergeUdp;
  }

  /**
   * Goes on behind the frames of {@code into}, which nobody else may touch until {@link #finish}.
   */
  public void begin(FrameBatch into) {
    this.into = into;
    isOpen = false;
  }

  /**
   * Copies one packet.
   *
   * @param length at least 1
   * @return false if the batch has no room: the packet was not taken, {@link #finish} is due
   */
  public boolean add(byte[] bytes, int at, int length) {
    FrameBatch batch = requireNonNull(into, "begin() comes first");
    boolean mergeable = candidate.read(bytes, at, length, mergeUdp);
    if (mergeable && isOpen && open.isFollowedBy(bytes, at, candidate)) {
      return merge(batch, bytes, at);
    }
    close(batch);
    if (batch.room() < length) {
      return false;
    }
    batch.buffer().put(batch.nextPacketOffset(), bytes, at, length);
    if (mergeable) {
      open.begin(bytes, at, candidate);
      isOpen = true;
    } else {
      VirtioNetHeader.putPlain(batch.buffer(), batch.nextHeaderOffset());
      batch.commit(length);
    }
    return true;
  }

  /** Completes the last superpacket and lets go of the batch. */
  public void finish() {
    close(requireNonNull(into, "begin() comes first"));
    into = null;
  }

  private boolean merge(FrameBatch batch, byte[] bytes, int at) {
    int length = open.length();
    if (batch.room() < length + candidate.payload) {
      return false;
    }
    batch
        .buffer()
        .put(batch.nextPacketOffset() + length, bytes, at + candidate.headers, candidate.payload);
    open.add(bytes, at, candidate);
    return true;
  }

  private void close(FrameBatch batch) {
    if (isOpen) {
      open.complete(batch);
      batch.commit(open.length());
      isOpen = false;
    }
  }
}
