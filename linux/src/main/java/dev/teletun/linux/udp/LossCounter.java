package dev.teletun.linux.udp;

import dev.teletun.linux.libc.Errno;
import java.util.Map;
import java.util.TreeMap;

/** Counts what the kernel refused, by error number. One thread writes; others may read late. */
final class LossCounter {
  private final long[] byErrno = new long[Errno.COUNT];

  void add(int errno, long datagrams) {
    byErrno[errno > 0 && errno < byErrno.length ? errno : 0] += datagrams;
  }

  long sum() {
    long sum = 0;
    for (long count : byErrno) {
      sum += count;
    }
    return sum;
  }

  Map<String, Long> byName() {
    Map<String, Long> named = new TreeMap<>();
    for (int errno = 0; errno < byErrno.length; errno++) {
      if (byErrno[errno] > 0) {
        named.put(Errno.name(errno), byErrno[errno]);
      }
    }
    return named;
  }
}
