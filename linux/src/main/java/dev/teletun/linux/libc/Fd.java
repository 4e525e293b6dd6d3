package dev.teletun.linux.libc;

import java.io.Closeable;

/** An open file descriptor; closes once. */
public interface Fd extends Closeable {
  /** The number, or -1 once closed. */
  int number();
}
