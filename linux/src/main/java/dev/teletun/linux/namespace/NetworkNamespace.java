package dev.teletun.linux.namespace;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.SyscallException;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A network namespace, held open: it lives on while this object does, whatever becomes of its name
 * or its processes (network_namespaces(7)).
 *
 * <p>Any thread.
 */
public final class NetworkNamespace implements Closeable {
  // include/uapi/linux/sched.h, include/uapi/asm-generic/fcntl.h
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int O_RDONLY_CLOEXEC = 0x80000;

  private static final String BY_NAME = "/run/netns/";

  private final Fd fd;
  private final String path;

  private NetworkNamespace(Fd fd, String path) {
    this.fd = fd;
    this.path = path;
  }

  /** The one that {@code ip netns add NAME} made. */
  public static NetworkNamespace named(String name) throws IOException {
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          "\"%s\" is no name of a network namespace: see \"ip netns list\"".formatted(name));
    }
    return open(BY_NAME + name, "See which there are with \"ip netns list\"");
  }

  /** The one in which this thread is. */
  public static NetworkNamespace current() throws IOException {
    return open("/proc/thread-self/ns/net", "");
  }

  /** The one in which the main thread of a process is. */
  public static NetworkNamespace ofProcess(long pid) throws IOException {
    return open("/proc/%d/ns/net".formatted(pid), "Is there such a process?");
  }

  /**
   * Runs {@code work} on a thread of its own in this namespace and waits for it. Sockets opened
   * there stay in the namespace whoever uses them; threads that {@code work} starts are in it too.
   *
   * <p>Interrupting the waiting thread interrupts the work, which is still waited for.
   *
   * @throws IOException what {@code work} threw, or the refusal to enter the namespace (needs
   *     CAP_SYS_ADMIN); any other checked exception as its cause
   */
  public <T> T call(Callable<T> work) throws IOException {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread inside = Thread.ofPlatform().name("in " + path).start(() -> run(work, result));
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
          inside.interrupt();
        } catch (ExecutionException e) {
          throw rethrown(e.getCause() == null ? e : e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> void run(Callable<T> work, CompletableFuture<T> result) {
    try {
      enter();
      result.complete(work.call());
    } catch (Throwable t) { // an Error too: somebody waits for it
      result.completeExceptionally(t);
    }
  }

  private void enter() throws SyscallException {
    if (Libc.setns(fd.number(), CLONE_NEWNET) < 0) {
      int errno = Libc.errno();
      String call = "setns(%s)".formatted(path);
      throw errno == Errno.EPERM
          ? new SyscallException(call, errno, "Run as root: it needs CAP_SYS_ADMIN")
          : new SyscallException(call, errno);
    }
  }

  private static IOException rethrown(Throwable thrown) {
    return switch (thrown) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> new IOException(thrown.getMessage(), thrown);
    };
  }

  private static NetworkNamespace open(String path, String remedy) throws SyscallException {
    int number = Libc.open(path, O_RDONLY_CLOEXEC, 0);
    if (number < 0) {
      int errno = Libc.errno();
      throw errno == Errno.ENOENT
          ? new SyscallException("open(" + path + ")", errno, remedy)
          : new SyscallException("open(" + path + ")", errno);
    }
    return new NetworkNamespace(Fd.owning(number), path);
  }

  @Override
  public void close() {
    fd.close();
  }

  @Override
  public String toString() {
    return path;
  }
}
