package dev.teletun.servercluster;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.unix.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * server-external has the TUN device's descriptor and reads and writes packets itself; what is left
 * to do is to notice its end. Loop thread only.
 */
final class HandedDevice implements Serving, Ready {
  private static final int READ_BYTES = 64;

  private final UnixStream stream;
  private final Listener listener;
  private final Watch watch;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(READ_BYTES);

  /** Owns {@code stream}, over which the device has gone. */
  HandedDevice(EventLoop loop, UnixStream stream, Listener listener) throws IOException {
    this.stream = stream;
    this.listener = listener;
    watch = loop.watch(stream.fd(), this);
    watch.reading(true);
  }

  @Override
  public void readable() throws IOException {
    int read;
    try {
      read = stream.read(bytes, 0, bytes.capacity());
    } catch (IOException e) {
      listener.ended(String.valueOf(e.getMessage()));
      return;
    }
    if (read == UnixStream.END) {
      listener.ended("it closed the socket");
    } else if (read > 0) {
      listener.ended("it sent frames, although it has the device");
    }
  }

  @Override
  public String how() {
    return "device handed over";
  }

  /** It is told by the greeting alone: with the next one. */
  @Override
  public void interfaceMtu(int bytes) throws IOException {
    listener.ended("the pod's MTU changed");
  }

  @Override
  public Map<String, Long> frames() {
    return Map.of("to_pair", 0L, "from_pair", 0L);
  }

  @Override
  public Map<String, Long> dropped() {
    return Map.of("refused", 0L, "pair_full", 0L);
  }

  @Override
  public Map<String, Long> duty() {
    return Map.of();
  }

  @Override
  public void close() throws IOException {
    watch.close();
    stream.close();
  }
}
