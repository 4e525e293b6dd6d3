package dev.teletun.e2e.peer;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An association of somebody else's making. One thread. */
interface Dtls extends Closeable {
  /** Sends one packet as one record. */
  void send(byte[] packet) throws IOException;

  /** The next packet, or null if none comes for a moment. */
  byte @Nullable [] receive() throws IOException;
}
