/**
 * Which prefixes go into the tunnel beside the network that this host has, and making the kernel's
 * table so. Knows no peer.
 */
@NullMarked
package dev.teletun.client.host.route;

import org.jspecify.annotations.NullMarked;
