package dev.teletun.servercluster;

import java.io.IOException;

/** The pod's network, as it is and while it is the client's. Loop thread only. */
interface Takeover {

  /** The pod as last read. */
  PodNetwork pod();

  /** Makes the pod's address the client's. */
  void begin() throws IOException;

  /** Gives the pod its network back, if it is not its own. */
  void end() throws IOException;

  /**
   * Reads the pod's network again and follows it.
   *
   * @return true if the addresses are others than before
   */
  boolean follow() throws IOException;
}
