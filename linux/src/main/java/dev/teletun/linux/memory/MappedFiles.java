package dev.teletun.linux.memory;

import dev.teletun.linux.libc.Libc;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that this process has mapped into its memory, such as the JVM's library and archive.
 * Not thread-safe.
 */
public final class MappedFiles implements Closeable {
  private static final Path OWN_MAPPINGS = Path.of("/proc/self/smaps");

  /** A mapping of a file that nobody can write to: addresses. */
  private static final Pattern READ_ONLY =
      Pattern.compile("^([0-9a-f]+)-([0-9a-f]+) r-[-x][ps] [0-9a-f]+ \\S+ [1-9]\\d* +/.*");

  /** No page of it is anything but the file's: relocations are written before it is read-only. */
  private static final Pattern ALL_THE_FILES_OWN = Pattern.compile("^Anonymous: +0 kB$");

  private static final int HEXADECIMAL = 16;
  private static final int MADV_DONTNEED = 4;

  private final FaultAround faultAround = FaultAround.open();

  /**
   * Lets go of all their pages that are as they are in the file. What is needed again is still in
   * the page cache, and comes back at its first use, page by page where the kernel can; what only a
   * start needed does not.
   *
   * @return bytes of address space that were let go
   */
  public long release() throws IOException {
    long released = 0;
    long from = 0;
    long to = 0;
    for (String line : Files.readAllLines(OWN_MAPPINGS)) {
      Matcher mapping = READ_ONLY.matcher(line);
      if (mapping.matches()) {
        from = Long.parseUnsignedLong(mapping.group(1), HEXADECIMAL);
        to = Long.parseUnsignedLong(mapping.group(2), HEXADECIMAL);
      } else if (from < to && ALL_THE_FILES_OWN.matcher(line).matches()) {
        faultAround.endIn(from, to - from);
        released += Libc.madvise(from, to - from, MADV_DONTNEED) == 0 ? to - from : 0;
        from = to;
      } else if (line.startsWith("VmFlags:")) {
        from = to; // the end of a mapping
      }
    }
    return released;
  }

  /** The kernel treats them as it does all others again. */
  @Override
  public void close() {
    faultAround.close();
  }
}
