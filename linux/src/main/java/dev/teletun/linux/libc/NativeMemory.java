package dev.teletun.linux.libc;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.Closeable;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A piece of memory with a fixed address, for structs that the kernel reads or writes.
 *
 * <p>The memory goes when this object is collected, and a local variable that is not used any more
 * does not prevent that: whoever passes {@link #address} on keeps this object in a field, or closes
 * it after the call. Not thread-safe.
 */
public final class NativeMemory implements Closeable {
  private final ByteBuffer buffer;
  private final long address;

  private NativeMemory(ByteBuffer buffer) {
    this.buffer = buffer;
    this.address = addressOf(buffer);
  }

  /** So many zero bytes, aligned for any struct. */
  public static NativeMemory allocate(int bytes) {
    return new NativeMemory(ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()));
  }

  /** One C int. */
  public static NativeMemory ofInt(int value) {
    NativeMemory memory = allocate(Integer.BYTES);
    memory.buffer.putInt(0, value);
    return memory;
  }

  /** A C string: UTF-8 and a NUL. */
  public static NativeMemory ofString(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    NativeMemory memory = allocate(bytes.length + 1);
    memory.buffer.put(0, bytes);
    return memory;
  }

  /** Address of the first byte of a direct buffer, wherever its position is. Allocates. */
  public static long addressOf(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  /** The bytes in the order of this machine, for absolute access. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** Address of the first byte. */
  public long address() {
    return address;
  }

  /** Size in bytes. */
  public int bytes() {
    return buffer.capacity();
  }

  /** Makes every byte zero. */
  public void clear() {
    for (int at = 0; at < buffer.capacity(); at++) {
      buffer.put(at, (byte) 0);
    }
  }

  /** Keeps the memory in place until here; the collector frees it some time later. */
  @Override
  @SuppressWarnings("ReachabilityFenceUsage") // the finally block is the caller's
  public void close() {
    Reference.reachabilityFence(this);
  }
}
