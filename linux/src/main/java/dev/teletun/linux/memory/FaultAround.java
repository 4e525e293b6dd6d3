package dev.teletun.linux.memory;

import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import java.io.Closeable;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * That the kernel, asked for one page of a mapped file, maps more than that, which counts as
 * resident ever after: the 64 KiB around it, or the 2 MiB that the page cache has in one piece,
 * which it has of a file that was just written.
 *
 * <p>It maps no 2 MiB of a mapping that is to have no huge pages, and no 64 KiB of one that is
 * registered with userfaultfd(2) for write protection ({@code uffd_disable_fault_around}). Nothing
 * is ever protected here, so no event comes. That one takes Linux 6.7, a sandbox may forbid it, and
 * a shared mapping has to be of a file that was opened for writing.
 */
final class FaultAround implements Closeable {
  // arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
  private static final long USERFAULTFD = System.getProperty("os.arch").equals("amd64") ? 323 : 282;

  // include/uapi/linux/userfaultfd.h; without the first one it takes a privilege
  private static final int UFFD_USER_MODE_ONLY = 1;
  private static final long UFFD_API = 0xAA;
  private static final long UFFD_FEATURE_WP_ASYNC = 1 << 15;
  private static final long UFFDIO_API = 0xC018_AA3FL;
  private static final long UFFDIO_REGISTER = 0xC020_AA00L;
  private static final long UFFDIO_REGISTER_MODE_WP = 1 << 1;

  private static final int O_CLOEXEC = 0x8_0000;
  private static final int MADV_NOHUGEPAGE = 15;

  private final @Nullable Fd faults; // null where the kernel cannot, or may not

  private FaultAround(@Nullable Fd faults) {
    this.faults = faults;
  }

  /** Asks the kernel whether it can be kept from it. */
  static FaultAround open() {
    long answer = Libc.syscall(USERFAULTFD, O_CLOEXEC | UFFD_USER_MODE_ONLY);
    if (answer < 0) {
      return new FaultAround(null);
    }
    Fd faults = Fd.owning(Math.toIntExact(answer));
    if (ioctl(faults, UFFDIO_API, UFFD_API, UFFD_FEATURE_WP_ASYNC, 0)) {
      return new FaultAround(faults);
    }
    faults.close();
    return new FaultAround(null);
  }

  /** Whether all of it can be ended: that of 2 MiB always can. */
  boolean canEnd() {
    return faults != null;
  }

  /** Ends what can be ended of it in a mapping, the 64 KiB until closed. */
  void endIn(long address, long bytes) {
    int _ = Libc.madvise(address, bytes, MADV_NOHUGEPAGE);
    if (faults != null) {
      boolean _ = ioctl(faults, UFFDIO_REGISTER, address, bytes, UFFDIO_REGISTER_MODE_WP, 0);
    }
  }

  private static boolean ioctl(Fd faults, long request, long... struct) {
    try (NativeMemory memory = NativeMemory.allocate(struct.length * Long.BYTES)) {
      ByteBuffer fields = memory.buffer();
      for (int i = 0; i < struct.length; i++) {
        fields.putLong(i * Long.BYTES, struct[i]);
      }
      return Libc.ioctl(faults.number(), request, memory.address()) == 0;
    }
  }

  @Override
  public void close() {
    if (faults != null) {
      faults.close();
    }
  }
}
