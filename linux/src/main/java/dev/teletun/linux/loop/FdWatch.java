package dev.teletun.linux.loop;

import dev.teletun.linux.libc.Fd;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One descriptor in Netty's epoll set, level-triggered. */
final class FdWatch implements EpollIoHandle, Watch {
  /**
   * What stands for interest in nothing. After {@link EpollIoOps#NONE} Netty 4.2.18 takes the
   * descriptor out of the set but does not put it back in; errors are reported anyway.
   */
  private static final EpollIoOps NOTHING = EpollIoOps.EPOLLERR;

  /** {@code include/uapi/linux/eventpoll.h}; Netty has no public name for it. */
  private static final int EPOLLHUP = 0x10;

  private final EventLoop loop;
  private final FileDescriptor descriptor;
  private final Ready ready;
  private @Nullable IoRegistration registration;
  private boolean reading;
  private boolean writing;
  private boolean closed;

  FdWatch(EventLoop loop, Fd fd, Ready ready) {
    this.loop = loop;
    this.descriptor = new FileDescriptor(fd.number());
    this.ready = ready;
  }

  /** On the loop's thread, where Netty registers at once or not at all. */
  void registered(@Nullable IoRegistration registration) {
    this.registration = registration;
  }

  boolean isRegistered() {
    return registration != null;
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void reading(boolean on) {
    if (on != reading) {
      reading = on;
      submit();
    }
  }

  @Override
  public void writing(boolean on) {
    if (on != writing) {
      writing = on;
      submit();
    }
  }

  private void submit() {
    if (!closed && registration != null) {
      EpollIoOps read = reading ? EpollIoOps.EPOLLIN : NOTHING;
      registration.submit(writing ? read.with(EpollIoOps.EPOLLOUT) : read);
    }
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    try {
      int ops = ((EpollIoEvent) event).ops().value();
      if (may()) {
        deliverInput(ops);
      }
      if (may() && writing && has(ops, EpollIoOps.EPOLLOUT)) {
        ready.writable();
      }
    } catch (Throwable t) { // an Error too: the loop ends either way
      loop.fail(t);
    }
  }

  private void deliverInput(int ops) throws IOException {
    boolean gone = (ops & EPOLLHUP) != 0;
    boolean error = has(ops, EpollIoOps.EPOLLERR);
    if (reading && (gone || error || has(ops, EpollIoOps.EPOLLIN))) {
      ready.readable();
    } else if (gone) {
      ready.hungUp();
    } else if (error) {
      ready.readable();
    }
  }

  private boolean may() {
    return !closed && loop.running();
  }

  private static boolean has(int ops, EpollIoOps wanted) {
    return (ops & wanted.value()) != 0;
  }

  /** By Netty, when the loop ends, and by the owner. The descriptor itself stays open. */
  @Override
  public void close() {
    loop.executeAndWait(this::cancel);
  }

  private void cancel() {
    if (!closed) {
      closed = true;
      if (registration != null) {
        registration.cancel();
      }
    }
  }
}
