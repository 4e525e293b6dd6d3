package dev.teletun.dtls.handshake;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Results of functions that cost much and are given the same again and again: of two inputs of a
 * fuzzer nearly all is the same. A few thousand. Any thread.
 */
final class Remembered {
  private static final int MOST = 4096;

  private final Map<ByteBuffer, byte[]> results = new HashMap<>();

  /** What is computed if it is not known. */
  interface Function<E extends Exception> {
    byte[] compute() throws E;
  }

  synchronized <E extends Exception> byte[] of(Function<E> function, byte[]... arguments) throws E {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] argument : arguments) {
      all.writeBytes(argument);
    }
    ByteBuffer key = ByteBuffer.wrap(all.toByteArray());
    byte[] known = results.get(key);
    if (known == null) {
      known = function.compute();
      if (results.size() == MOST) {
        results.clear();
      }
      results.put(key, known);
    }
    return known.clone();
  }
}
