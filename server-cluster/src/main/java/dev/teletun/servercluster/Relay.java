package dev.teletun.servercluster;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.port.RouterPort;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.packet.Verdict;
import java.io.IOException;
import java.util.Map;

/**
 * Carries packets between the TUN and one server-external, whole superpackets in batches, and does
 * the duty of a router in front of the pod's interface. Loop thread only.
 */
final class Relay implements Serving {

  private static final int BATCH_BYTES = 4 * FrameBatch.LARGEST_FRAME;

  private final PacketPort tun;
  private final PacketPort frames;
  private final InnerFilter filter;
  private final RouterPort device;
  private final Listener listener;
  private final Watch tunWatch;
  private final Watch framesWatch;
  private final FrameBatch inbound = new FrameBatch(BATCH_BYTES);
  private final FrameBatch outbound = new FrameBatch(BATCH_BYTES);
  private final FrameBatch passed = new FrameBatch(BATCH_BYTES);
  private long refused;
  private long toPair;
  private long fromPair;

  /** Owns {@code frames}, borrows {@code tun}. */
  Relay(
      EventLoop loop,
      PacketPort tun,
      PacketPort frames,
      InnerFilter filter,
      int interfaceMtu,
      Listener listener)
      throws IOException {
    this.tun = tun;
    this.frames = frames;
    this.filter = filter;
    this.listener = listener;
    device =
        new RouterPort(tun, interfaceMtu, this::toFrames); // never closed, as the TUN is borrowed
    tunWatch = loop.watch(tun.fd(), this::fromTun);
    framesWatch = loop.watch(frames.fd(), new FramesReady());
    tunWatch.reading(true);
    framesWatch.reading(true);
  }

  @Override
  public String how() {
    return "frames";
  }

  @Override
  public void interfaceMtu(int bytes) {
    device.linkMtu(bytes);
  }

  @Override
  public Map<String, Long> frames() {
    return Map.of("to_pair", toPair, "from_pair", fromPair);
  }

  @Override
  public Map<String, Long> dropped() {
    return Map.of("refused", refused, "pair_full", frames.dropped());
  }

  @Override
  public Map<String, Long> duty() {
    return device.duty();
  }

  private void fromTun() throws IOException {
    inbound.clear();
    tun.read(inbound);
    if (!inbound.isEmpty()) {
      toPair += inbound.count();
      toFrames(inbound);
    }
  }

  private void toFrames(FrameBatch batch) throws IOException {
    try {
      followFrames(frames.write(batch));
    } catch (IOException e) {
      listener.ended(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** While server-external takes no more, packets wait in the TUN's own bounded queue. */
  private void followFrames(boolean nothingKept) {
    framesWatch.writing(!nothingKept);
    tunWatch.reading(nothingKept);
  }

  private void fromFrames() throws IOException {
    outbound.clear();
    if (frames.read(outbound) == PacketPort.ENDED) {
      listener.ended("it closed the socket");
      return;
    }
    fromPair += outbound.count();
    device.write(filtered());
  }

  private FrameBatch filtered() {
    for (int frame = 0; frame < outbound.bytes(); frame = outbound.next(frame)) {
      if (!passes(frame)) {
        return onlyThePassing();
      }
    }
    return outbound;
  }

  private FrameBatch onlyThePassing() {
    passed.clear();
    for (int frame = 0; frame < outbound.bytes(); frame = outbound.next(frame)) {
      if (passes(frame)) {
        passed.append(outbound, frame);
      } else {
        refused++;
      }
    }
    return passed;
  }

  private boolean passes(int frame) {
    return filter.outbound(
            outbound.buffer(), outbound.packetOffset(frame), outbound.packetLength(frame))
        == Verdict.PASS;
  }

  @Override
  public void close() throws IOException {
    tunWatch.close();
    framesWatch.close();
    frames.close();
  }

  private final class FramesReady implements Ready {
    @Override
    public void readable() throws IOException {
      try {
        fromFrames();
      } catch (dev.teletun.protocol.control.ControlException e) {
        listener.ended(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void writable() throws IOException {
      try {
        followFrames(frames.flush());
      } catch (IOException e) {
        listener.ended(String.valueOf(e.getMessage()));
      }
    }
  }
}
