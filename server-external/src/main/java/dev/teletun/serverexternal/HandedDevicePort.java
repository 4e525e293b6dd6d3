package dev.teletun.serverexternal;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.port.RouterPort;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The pod's TUN device, which server-cluster has handed over for as long as the stream between both
 * stays. Owns both. Loop thread only.
 *
 * <p>The device outlives server-cluster as long as it is open here, and the table that forwards its
 * packets does not: so it must be closed as soon as the stream ends.
 */
final class HandedDevicePort implements PacketPort {

  /** Told once, when the device is ours no more. */
  interface Revoked {
    /** {@code why} in words; the port is to be closed. */
    void revoked(String why) throws IOException;
  }

  private final UnixStream stream;
  private final RouterPort device;
  private final Revoked listener;
  private final Watch watch;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(1);

  HandedDevicePort(EventLoop loop, UnixStream stream, RouterPort device, Revoked listener)
      throws IOException {
    this.stream = stream;
    this.device = device;
    this.listener = listener;
    watch = loop.watch(stream.fd(), this::streamReadable);
    watch.reading(true);
  }

  private void streamReadable() throws IOException {
    String why;
    try {
      int read = stream.read(bytes, 0, bytes.capacity());
      if (read == 0) {
        return;
      }
      why =
          read == UnixStream.END
              ? "it closed the socket"
              : "it sent frames, although it handed its device over";
    } catch (IOException e) {
      why = String.valueOf(e.getMessage());
    }
    listener.revoked(why);
  }

  /** What was done to packets as a router in front of the pod's interface, by name. */
  Map<String, Long> duty() {
    return device.duty();
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
    return device.write(from);
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
    try (CloseStack all = new CloseStack()) {
      all.own(stream);
      all.own(watch);
      all.own(device); // first
    }
  }
}
