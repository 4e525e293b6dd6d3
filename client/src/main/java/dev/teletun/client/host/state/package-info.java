/**
 * What should be on this host, as one value, and making it so: device, addresses, routes, rules,
 * filter and DNS. Knows no peer.
 */
@NullMarked
package dev.teletun.client.host.state;

import org.jspecify.annotations.NullMarked;
