package dev.teletun.linux.unix;

import dev.teletun.linux.libc.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The {@code struct sockaddr_un} of a path ({@code include/uapi/linux/un.h}). */
final class SocketPath {
  static final int AF_UNIX = 1;

  private static final int FAMILY_BYTES = 2;

  /** {@code sizeof(sun_path)}, 108, without the NUL at the end. */
  private static final int LONGEST = 107;

  private SocketPath() {}

  /**
   * Encodes {@code path} as it is, relative or not.
   *
   * @throws IOException if the kernel's struct cannot hold it
   */
  static NativeMemory encode(Path path) throws IOException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length == 0 || name.length > LONGEST) {
      throw new IOException(
          "socket path %s has %d bytes, and a socket address holds 1 to %d: choose a shorter one"
              .formatted(path, name.length, LONGEST));
    }
    NativeMemory address = NativeMemory.allocate(FAMILY_BYTES + name.length + 1);
    ByteBuffer bytes = address.buffer();
    bytes.putShort(0, (short) AF_UNIX).put(FAMILY_BYTES, name);
    return address;
  }

  /**
   * Encodes a name of the abstract kind, which no file stands for (unix(7)): a NUL comes first, and
   * none last.
   *
   * @throws IOException if the kernel's struct cannot hold it
   */
  static NativeMemory encodeAbstract(String text) throws IOException {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0 || name.length > LONGEST) {
      throw new IOException(
          "abstract socket name @%s has %d bytes, and a socket address holds 1 to %d"
              .formatted(text, name.length, LONGEST));
    }
    NativeMemory address = NativeMemory.allocate(FAMILY_BYTES + 1 + name.length);
    ByteBuffer bytes = address.buffer();
    bytes.putShort(0, (short) AF_UNIX).put(FAMILY_BYTES + 1, name);
    return address;
  }
}
