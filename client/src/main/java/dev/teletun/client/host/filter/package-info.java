/**
 * nftables tables of ours that say which packets of this host meet the tunnel. Gone with the
 * process.
 */
@NullMarked
package dev.teletun.client.host.filter;

import org.jspecify.annotations.NullMarked;
