package dev.teletun.linux.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Turns a request around, as if the kernel had sent it; and shorter ones. */
public final class Kernel {
  private Kernel() {}

  /** What the kernel's message with the same contents would be. */
  public static Message says(Request request) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(64 * 1024).order(ByteOrder.nativeOrder());
    request.writeTo(bytes, 0, 1);
    return Message.in(bytes.flip()).get(0);
  }

  /** The message with the first {@code length} bytes of its body. */
  public static Message cut(Message whole, int length) {
    ByteBuffer body = whole.body().slice(0, length).order(ByteOrder.nativeOrder());
    return new Message(whole.type(), whole.flags(), whole.sequence(), body);
  }

  /**
   * Reads the message cut at every length.
   *
   * @return at how many of them the reader refused it; any other exception passes through
   */
  public static <T> int refusals(Message whole, MessageReader<T> reader) {
    int refused = 0;
    for (int length = 0; length < whole.body().limit(); length++) {
      try {
        List<T> _ = reader.read(cut(whole, length));
      } catch (MalformedMessageException _) {
        refused++;
      }
    }
    return refused;
  }
}
