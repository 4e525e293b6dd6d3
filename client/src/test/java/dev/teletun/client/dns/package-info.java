/** Tests of {@link dev.teletun.client.dns}; dnsjava, dig and dnsmasq are the oracles. */
@NullMarked
package dev.teletun.client.dns;

import org.jspecify.annotations.NullMarked;
