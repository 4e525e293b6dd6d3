package dev.teletun.linux.port;

import dev.teletun.linux.libc.BulkIo;
import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.tun.Tun;
import dev.teletun.protocol.frame.FrameBatch;
import dev.teletun.protocol.frame.VirtioNetHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Packets into and out of a TUN device, one system call each. Owns the device. */
public final class TunPort implements PacketPort {
  private static final String GONE =
      "The device was deleted (\"ip link del\"?) or its network namespace ended: start again";

  private final Tun tun;
  private final BulkIo io;
  private long dropped;

  /** Takes ownership of {@code tun}. */
  public TunPort(Tun tun) {
    this.tun = tun;
    this.io = new BulkIo(tun.fd());
  }

  @Override
  public Fd fd() {
    return tun.fd();
  }

  /**
   * {@inheritDoc}
   *
   * @throws SyscallException if the device is gone
   */
  @Override
  public int read(FrameBatch into) throws IOException {
    ByteBuffer buffer = into.buffer();
    int packets = 0;
    while (into.hasRoom()) {
      int read = readOnce(buffer, into.nextHeaderOffset());
      if (read <= VirtioNetHeader.BYTES) {
        break;
      }
      into.commit(read - VirtioNetHeader.BYTES);
      packets++;
    }
    return packets;
  }

  private int readOnce(ByteBuffer buffer, int from) throws SyscallException {
    try {
      return io.read(buffer, from, buffer.capacity());
    } catch (SyscallException e) {
      throw gone("read", e.errno());
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A TUN device never makes us wait, so nothing is ever kept: what it refuses is dropped alone.
   *
   * @return true
   * @throws SyscallException if the device is gone
   */
  @Override
  public boolean write(FrameBatch from) throws IOException {
    ByteBuffer buffer = from.buffer();
    for (int frame = 0; frame < from.bytes(); frame = from.next(frame)) {
      int answer = io.write(buffer, from.headerOffset(frame), from.next(frame));
      if (answer <= 0) {
        drop(-answer);
      }
    }
    return true;
  }

  /**
   * Lets a packet with complete checksums arrive from the device. Any thread, beside the others.
   *
   * @throws SyscallException if the device does not take it, such as one that is down
   */
  public void inject(byte[] packet) throws SyscallException {
    ByteBuffer frame = ByteBuffer.allocateDirect(VirtioNetHeader.BYTES + packet.length);
    VirtioNetHeader.putPlain(frame, 0);
    frame.put(VirtioNetHeader.BYTES, packet);
    int answer = io.write(frame, 0, frame.capacity());
    if (answer <= 0) {
      throw new SyscallException("write(TUN device %s)".formatted(tun.name()), -answer);
    }
  }

  /**
   * @param errno EIO: the device is down; EINVAL: not IP, or a header that contradicts it; ENOBUFS,
   *     EAGAIN (as 0): no room
   */
  private void drop(int errno) throws SyscallException {
    dropped++;
    if (errno == Errno.EBADFD || errno == Errno.EBADF || errno == Errno.ENODEV) {
      throw gone("write", errno);
    }
  }

  private SyscallException gone(String call, int errno) {
    return new SyscallException("%s(TUN device %s)".formatted(call, tun.name()), errno, GONE);
  }

  @Override
  public boolean flush() {
    return true;
  }

  @Override
  public boolean takesUdpSegments() {
    return tun.takesUdpSegments();
  }

  @Override
  public long dropped() {
    return dropped;
  }

  @Override
  public void close() {
    tun.close();
  }
}
