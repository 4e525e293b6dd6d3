package dev.teletun.protocol.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;

/** A text that ends with a NUL byte: steps 2 and 3 of the control protocol. */
public final class NulTerminated {

  /**
   * How bytes become text and back: each byte one character, so that a resolv.conf with a comment
   * in any encoding arrives as it was sent. Read the file with it too.
   */
  public static final Charset CHARSET = ISO_8859_1;

  private NulTerminated() {}

  /**
   * Reads up to and without the NUL, and not one byte further.
   *
   * @param limitBytes the longest text accepted
   * @param what the text as the operator should read it, for example {@code addresses}
   * @throws ControlException if the text is longer, or the stream ends before the NUL
   */
  public static byte[] read(InputStream in, int limitBytes, String what) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int next = in.read(); next != 0; next = in.read()) {
      if (next < 0) {
        throw new ControlException(
            "the server closed the connection after %d bytes of its %s, before the terminating NUL: look into its log for the reason"
                .formatted(text.size(), what));
      }
      if (text.size() == limitBytes) {
        throw tooLong(limitBytes, what);
      }
      text.write(next);
    }
    return text.toByteArray();
  }

  /**
   * Writes {@code text} and the NUL in one call, and flushes.
   *
   * @throws ControlException if the text itself holds a NUL
   */
  public static void write(OutputStream out, String text) throws IOException {
    out.write(encode(text));
    out.flush();
  }

  /** The bytes of {@code text} with the NUL. */
  public static byte[] encode(String text) throws ControlException {
    if (text.indexOf('\0') >= 0) {
      throw new ControlException(
          "cannot send %s: it holds a NUL, which would end it early; remove it from the file"
              .formatted(ControlException.shown(text)));
    }
    return (text + '\0').getBytes(CHARSET);
  }

  /** What a text longer than its limit is answered with. */
  public static ControlException tooLong(int limitBytes, String what) {
    return new ControlException(
        "the peer sent more than %d bytes of %s without the terminating NUL: is this a TeleTUN server?"
            .formatted(limitBytes, what));
  }
}
