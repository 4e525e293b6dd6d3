/** Tests of {@link dev.teletun.client.dns.stub}; dnsjava, dig and dnsmasq are the oracles. */
@NullMarked
package dev.teletun.client.dns.stub;

import org.jspecify.annotations.NullMarked;
