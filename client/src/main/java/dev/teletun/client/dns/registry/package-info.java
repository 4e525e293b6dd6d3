/**
 * Programs that write this host's resolv.conf from what others tell them: resolvconf in two kinds,
 * and NetworkManager. A record of ours with them names the stub as the host's only server.
 *
 * <p>A record outlives us. It carries the device's name, so that anybody can tell whether its
 * client is still there.
 */
@NullMarked
package dev.teletun.client.dns.registry;

import org.jspecify.annotations.NullMarked;
