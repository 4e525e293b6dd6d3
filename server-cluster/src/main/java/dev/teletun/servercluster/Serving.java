package dev.teletun.servercluster;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/**
 * How one server-external is given the pod's packets, for as long as its connection stays. Loop
 * thread only.
 */
interface Serving extends Closeable {

  /** Told once, when the connection ends or must end. */
  interface Listener {
    /** {@code why} in words. */
    void ended(String why) throws IOException;
  }

  /** How, in a word. */
  String how();

  /** The pod's interface has another MTU now. */
  void interfaceMtu(int bytes) throws IOException;

  /** Frames that came from the TUN for the pair, and from the pair; those that were seen here. */
  Map<String, Long> frames();

  /** Frames dropped, by reason, but for those that the TUN refused. */
  Map<String, Long> dropped();

  /** What was done to frames as a router. */
  Map<String, Long> duty();
}
