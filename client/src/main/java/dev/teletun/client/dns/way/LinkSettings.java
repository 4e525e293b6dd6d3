package dev.teletun.client.dns.way;

import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What systemd-resolved is to know of the tunnel's link.
 *
 * @param server the only name server of the link
 * @param domains asked there, in this order: true for those that are only routed, false for those
 *     that are searched, too
 */
record LinkSettings(InetSocketAddress server, Map<String, Boolean> domains) {

  /** Copies the map. */
  LinkSettings {
    domains = Collections.unmodifiableMap(new LinkedHashMap<>(domains));
  }
}
