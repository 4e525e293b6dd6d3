package dev.teletun.tunnel.transport;

import java.io.IOException;
import java.time.Duration;

/** Room beyond a writer, in what carries its bytes away. One thread at a time. */
public interface Room {
  /**
   * Waits until little is left there that has not been sent.
   *
   * @return false if there was too much all the time
   */
  boolean await(Duration longest) throws IOException;

  /** About what the path takes in a millisecond. */
  int bytesPerMilli();
}
