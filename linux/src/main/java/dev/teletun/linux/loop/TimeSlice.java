package dev.teletun.linux.loop;

import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How long the kernel lets a thread run before it looks who else is due (sched_attr in sched(7)). A
 * thread that asks for less gets its turn sooner, and no larger share.
 */
final class TimeSlice {
  /** The shortest that Linux takes. Its default is 3 ms, and that is how long packets waited. */
  static final long SHORTEST_NANOS = 100_000;

  private static final boolean AMD64 = System.getProperty("os.arch").equals("amd64");

  // arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
  private static final long SCHED_SETATTR = AMD64 ? 314 : 274;
  private static final long SCHED_GETATTR = AMD64 ? 315 : 275;

  // struct sched_attr in include/uapi/linux/sched/types.h
  private static final int BYTES = 48;
  private static final int RUNTIME = 24;

  private static final int OWN_THREAD = 0;
  private static final Path THREADS = Path.of("/proc/self/task");
  private static final String COLLECTOR = "VM Thread";

  private TimeSlice() {}

  /**
   * Asks for the shortest for the calling thread, and for the one that collects garbage while this
   * one waits. Linux before 6.12 takes no notice; a sandbox that forbids to ask is as good.
   */
  static void shorten() {
    try {
      shorten(OWN_THREAD);
      shorten(collector());
    } catch (IOException _) {
      // Packets wait as they would for any other program.
    }
  }

  private static void shorten(int thread) throws SyscallException {
    try (NativeMemory attributes = NativeMemory.allocate(BYTES)) {
      read(thread, attributes); // what is not changed must be as it is: the nice value above all
      attributes.buffer().putLong(RUNTIME, SHORTEST_NANOS);
      SyscallException.check(
          Libc.syscall(SCHED_SETATTR, thread, attributes.address(), 0, 0), "sched_setattr");
    }
  }

  /** The kernel's number of the JVM's thread that collects garbage. */
  static int collector() throws IOException {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        if (Files.readString(thread.resolve("comm")).strip().equals(COLLECTOR)) {
          return Integer.parseInt(thread.getFileName().toString());
        }
      }
    }
    throw new IOException("no thread is called " + COLLECTOR);
  }

  /** The calling thread's, in nanoseconds; 0 from Linux before 6.12. */
  static long nanos() throws SyscallException {
    return nanos(OWN_THREAD);
  }

  /** That of one of our threads. */
  static long nanos(int thread) throws SyscallException {
    try (NativeMemory attributes = NativeMemory.allocate(BYTES)) {
      return read(thread, attributes).getLong(RUNTIME);
    }
  }

  private static ByteBuffer read(int thread, NativeMemory attributes) throws SyscallException {
    SyscallException.check(
        Libc.syscall(SCHED_GETATTR, thread, attributes.address(), BYTES, 0), "sched_getattr");
    return attributes.buffer();
  }
}
