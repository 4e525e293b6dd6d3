package dev.teletun.client.host.state;

import dev.teletun.linux.namespace.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Where a host state is to be: a network, and what programs in it look names up by.
 *
 * @param network another network namespace than that of the thread which applies it
 * @param resolvConf the resolv.conf of the programs in it
 */
public record Place(Optional<NetworkNamespace> network, Path resolvConf) {
  /** This host. */
  public static final Place HERE = new Place(Optional.empty(), Path.of("/etc/resolv.conf"));

  /** Runs {@code work} there. What it opens stays there, whoever uses it. */
  <T> T call(Callable<T> work) throws IOException {
    if (network.isPresent()) {
      return network.get().call(work);
    }
    try {
      return work.call();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
