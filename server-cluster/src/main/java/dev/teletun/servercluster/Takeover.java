package dev.teletun.servercluster;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;

/** The pod's network, as it is and while it is the client's. Loop thread only. */
interface Takeover {

  /** The pod as last read. */
  PodNetwork pod();

  /**
   * Makes the pod's address the client's.
   *
   * @param nameServers of the pod, which may be asked although they are link-local
   */
  void begin(Set<InetAddress> nameServers) throws IOException;

  /**
   * Gives the pod its network back, if it is not its own. For {@link Silence#LENGTH} it refuses
   * nothing, so that the client's connections are still there when somebody takes it over again.
   */
  void end() throws IOException;

  /** While it is the client's: renews the time for which the pod keeps silent without us. */
  void keepSilent() throws IOException;

  /** The pod may refuse again. */
  void endSilence() throws IOException;

  /**
   * Reads the pod's network again and follows it.
   *
   * @return true if the addresses are others than before
   */
  boolean follow() throws IOException;
}
