package dev.teletun.lab.topology;

import java.util.Locale;

/** What a host plays, which decides its sysctls. */
enum HostRole {
  /** Forwards nothing. */
  LAPTOP,
  /** Forwards, never drops by reverse path. */
  ROUTER,
  /** A router too. */
  NODE,
  /** Cannot write {@code /proc/sys}. */
  POD;

  /** As {@code host.sh} knows it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
