package dev.teletun.serverexternal;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.port.FramePort;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.port.RouterPort;
import dev.teletun.linux.port.TunPort;
import dev.teletun.linux.tun.Tun;
import dev.teletun.linux.unix.PeerCredentials;
import dev.teletun.linux.unix.UnixStream;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.protocol.unix.Greeting;
import dev.teletun.protocol.unix.PodFacts;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Dials server-cluster's socket, again and again with back-off, and reads its greeting.
 *
 * <pre>
 *   dialling ──► greeting ──► linked ──► lost() ──► dialling
 *       ▲___________│ end of file, nonsense, or too late
 * </pre>
 *
 * Loop thread only.
 */
final class PairLink implements Closeable {

  /** Told when the pair is whole, and when it is not any more. */
  interface Listener extends RouterPort.Answers, HandedDevicePort.Revoked {
    /** {@code port} is the listener's from here on; it calls {@link PairLink#lost} at its end. */
    void linked(Greeting greeting, PacketPort port) throws IOException;
  }

  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);
  private static final Duration LAST_BACK_OFF = Duration.ofSeconds(1);
  private static final Duration GREETING_DEADLINE = Duration.ofSeconds(5);
  private static final int ROOT = 0;
  private static final int READ_BYTES = 64 * 1024;

  private final EventLoop loop;
  private final Path sockfile;
  private final OptionalInt peerUid;
  private final Listener listener;
  private final Consumer<String> log;
  private final Duration greetingDeadline;
  private Duration backOff = FIRST_BACK_OFF;
  private @Nullable Attempt attempt;
  private boolean closed;
  private String lastFailure = "";

  /** {@code peerUid}: whom server-cluster must run as; root or our own user if empty. */
  PairLink(
      EventLoop loop, Path sockfile, OptionalInt peerUid, Listener listener, Consumer<String> log) {
    this(loop, sockfile, peerUid, listener, log, GREETING_DEADLINE);
  }

  /** With another patience for the greeting than the usual one. */
  PairLink(
      EventLoop loop,
      Path sockfile,
      OptionalInt peerUid,
      Listener listener,
      Consumer<String> log,
      Duration greetingDeadline) {
    this.loop = loop;
    this.sockfile = sockfile;
    this.peerUid = peerUid;
    this.listener = listener;
    this.log = log;
    this.greetingDeadline = greetingDeadline;
  }

  /** Dials at once. */
  void dial() {
    if (closed) {
      return;
    }
    try (CloseStack onFailure = new CloseStack()) {
      UnixStream stream = onFailure.own(UnixStream.connect(sockfile));
      refuseStrangers(stream.peer());
      attempt = new Attempt(stream);
      onFailure.handOver();
    } catch (IOException e) {
      later(e.getMessage());
    }
  }

  /** Whoever may replace the socket file could listen in server-cluster's place. */
  private void refuseStrangers(PeerCredentials listens) throws IOException {
    int uid = listens.uid();
    boolean allowed =
        peerUid.isPresent() ? uid == peerUid.getAsInt() : uid == ROOT || uid == Libc.geteuid();
    if (!allowed) {
      throw new IOException(
          "uid %d (pid %d) listens at %s, which is not server-cluster's: see who may write to the directory, or name the uid by -peer-uid"
              .formatted(uid, listens.pid(), sockfile));
    }
  }

  /** The linked port has ended: dials again. */
  void lost() {
    backOff = FIRST_BACK_OFF;
    dial();
  }

  private void later(@Nullable String failure) {
    String why = failure == null ? "unknown" : failure;
    if (!why.equals(lastFailure)) {
      log.accept("waiting for server-cluster: " + why);
      lastFailure = why;
    }
    loop.schedule(backOff, this::dial);
    Duration doubled = backOff.multipliedBy(2);
    backOff = doubled.compareTo(LAST_BACK_OFF) > 0 ? LAST_BACK_OFF : doubled;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    if (attempt != null) {
      attempt.end();
    }
  }

  /** A connection whose greeting has not been read yet. */
  private final class Attempt implements Ready {
    private final UnixStream stream;
    private final Watch watch;
    private final Closeable deadline;
    private final Greeting.Decoder decoder = new Greeting.Decoder();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(READ_BYTES);
    private @Nullable Fd device;

    Attempt(UnixStream stream) throws IOException {
      this.stream = stream;
      watch = loop.watch(stream.fd(), this);
      deadline =
          loop.schedule(
              greetingDeadline,
              () ->
                  fail("it sent no greeting within %d ms".formatted(greetingDeadline.toMillis())));
      watch.reading(true);
    }

    @Override
    public void readable() throws IOException {
      try {
        int end = stream.read(bytes, 0, bytes.capacity(), this::keep);
        if (end < 0) {
          fail("it closed the socket: is our uid the one that its -peer-uid allows?");
        } else {
          greeted(end);
        }
      } catch (IOException e) {
        fail(e.getMessage());
      }
    }

    private void keep(Fd handed) {
      forgetDevice();
      device = handed;
    }

    private void forgetDevice() {
      Fd gone = device;
      device = null;
      if (gone != null) {
        gone.close();
      }
    }

    private void greeted(int read) throws IOException {
      ByteBuffer arrived = bytes.slice(0, read);
      Optional<Greeting> greeting = decoder.offer(arrived);
      if (greeting.isEmpty()) {
        return;
      }
      PodFacts facts = greeting.get().facts();
      if (facts.isDeviceHandedOver() && device == null) {
        throw new IOException(
            "its device's descriptor did not arrive: a security module forbids it (SELinux wants the same level on both pods), or start it with -frames");
      }
      deadline.close();
      watch.close();
      attempt = null;
      lastFailure = "";
      listener.linked(greeting.get(), port(facts, arrived));
    }

    private PacketPort port(PodFacts facts, ByteBuffer leftover) throws IOException {
      Fd handed = device;
      device = null;
      if (handed == null) {
        return new FramePort(stream, leftover, facts.takesUdpSegments());
      }
      try (CloseStack onFailure = new CloseStack()) {
        onFailure.own(stream);
        TunPort tun = onFailure.own(new TunPort(Tun.handedOver(handed)));
        RouterPort router = new RouterPort(tun, facts.mtu(), listener);
        HandedDevicePort port = new HandedDevicePort(loop, stream, router, listener);
        onFailure.handOver();
        return port;
      }
    }

    private void fail(@Nullable String why) {
      try {
        end();
      } catch (IOException e) {
        log.accept("closing the socket to server-cluster: " + e.getMessage());
      }
      if (!closed) {
        later(why);
      }
    }

    private void end() throws IOException {
      attempt = null;
      deadline.close();
      watch.close();
      forgetDevice();
      stream.close();
    }
  }
}
