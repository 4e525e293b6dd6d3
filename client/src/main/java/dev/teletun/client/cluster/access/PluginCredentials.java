package dev.teletun.client.cluster.access;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a credential plugin gave last; it runs again when that has expired or is not taken. The same
 * plugin gives it to everybody in this program, so a person logs in once (client-go does the same).
 */
final class PluginCredentials implements Credentials {
  private static final Map<ExecPlugin, PluginCredentials> SHARED = new HashMap<>();

  private final ExecPlugin plugin;
  private ExecCredential current; // guarded by this

  private PluginCredentials(ExecPlugin plugin, ExecCredential first) {
    this.plugin = plugin;
    current = first;
  }

  /** Runs the plugin, unless what it gave before is still good. */
  static PluginCredentials of(ExecPlugin plugin) throws ClusterException {
    synchronized (SHARED) { // whoever comes meanwhile waits for this run, and has its outcome
      PluginCredentials known = SHARED.get(plugin);
      if (known == null) {
        known = new PluginCredentials(plugin, plugin.run());
        SHARED.put(plugin, known);
      } else {
        known.refresh();
      }
      return known;
    }
  }

  private synchronized void refresh() throws ClusterException {
    if (current.expired(Instant.now())) {
      current = plugin.run();
    }
  }

  @Override
  public synchronized Optional<String> token() {
    return current().token();
  }

  /** The one in force, with a certificate if the plugin gives certificates. */
  synchronized ExecCredential current() {
    if (current.expired(Instant.now())) {
      boolean _ = renew(Optional.empty());
    }
    return current;
  }

  @Override
  public synchronized boolean renew(Optional<String> refused) {
    if (refused.isPresent() && !refused.equals(current.token())) {
      return true; // another request was told before this one, and the plugin has run since
    }
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
