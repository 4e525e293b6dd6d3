/** Tests of {@link dev.teletun.client.dns.way}; dnsjava, dig and dnsmasq are the oracles. */
@NullMarked
package dev.teletun.client.dns.way;

import org.jspecify.annotations.NullMarked;
