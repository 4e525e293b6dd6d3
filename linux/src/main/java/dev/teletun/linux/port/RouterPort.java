package dev.teletun.linux.port;

import dev.teletun.linux.libc.Fd;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.mtu.RouterDuty;
import java.io.IOException;
import java.util.Map;

/**
 * A device whose packets go on over a link, below the IP stack: what is written is passed on, cut
 * or answered as a router in front of that link would do. Owns the device.
 */
public final class RouterPort implements PacketPort {

  /** Where answers go: towards the senders of what was written. */
  public interface Answers {
    /** One or more packets, the caller's again after the call. */
    void answer(FrameBatch packets) throws IOException;
  }

  private static final int LONGEST_BATCH = 8 * FrameBatch.LARGEST_FRAME;

  private final PacketPort device;
  private final Answers answers;
  private final RouterDuty duty;
  private final FrameBatch onward = new FrameBatch(LONGEST_BATCH);
  private final FrameBatch back = new FrameBatch(FrameBatch.LARGEST_FRAME);

  /** Takes ownership of {@code device}; {@code linkMtu} in bytes. */
  public RouterPort(PacketPort device, int linkMtu, Answers answers) {
    this.device = device;
    this.answers = answers;
    duty = new RouterDuty(linkMtu);
  }

  /** The link has another MTU now, in bytes. */
  public void linkMtu(int bytes) {
    duty.linkMtu(bytes);
  }

  /** What was done to packets, by name. */
  public Map<String, Long> duty() {
    return duty.counts();
  }

  @Override
  public Fd fd() {
    return device.fd();
  }

  @Override
  public int read(FrameBatch into) throws IOException {
    return device.read(into);
  }

  @Override
  public boolean write(FrameBatch from) throws IOException {
    onward.clear();
    back.clear();
    boolean taken = device.write(duty.apply(from, onward, back) ? from : onward);
    if (!back.isEmpty()) {
      answers.answer(back);
    }
    return taken;
  }

  @Override
  public boolean flush() throws IOException {
    return device.flush();
  }

  @Override
  public boolean takesUdpSegments() {
    return device.takesUdpSegments();
  }

  @Override
  public long dropped() {
    return device.dropped();
  }

  @Override
  public void close() throws IOException {
    device.close();
  }
}
