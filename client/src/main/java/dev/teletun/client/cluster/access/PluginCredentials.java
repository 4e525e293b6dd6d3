package dev.teletun.client.cluster.access;

import java.time.Instant;
import java.util.Optional;

/** What a credential plugin gave last; it runs again when that has expired or is not taken. */
final class PluginCredentials implements Credentials {
  private final ExecPlugin plugin;
  private ExecCredential current; // guarded by this

  /** Runs the plugin the first time. */
  PluginCredentials(ExecPlugin plugin) throws ClusterException {
    this.plugin = plugin;
    current = plugin.run();
  }

  @Override
  public synchronized Optional<String> token() {
    return current().token();
  }

  /** The one in force, with a certificate if the plugin gives certificates. */
  synchronized ExecCredential current() {
    if (current.expired(Instant.now())) {
      boolean _ = renew();
    }
    return current;
  }

  @Override
  public synchronized boolean renew() {
    try {
      ExecCredential before = current;
      current = plugin.run();
      return !current.equals(before);
    } catch (ClusterException _) {
      // The plugin has told the user why; the API server's 401 tells the rest.
      return false;
    }
  }
}
