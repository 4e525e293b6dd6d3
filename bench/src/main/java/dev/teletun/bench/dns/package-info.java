/** How fast the client's stub answers DNS queries, beside dnsmasq. */
@NullMarked
package dev.teletun.bench.dns;

import org.jspecify.annotations.NullMarked;
