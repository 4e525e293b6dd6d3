/**
 * The half of the pair that lives in the pod whose address the client takes: AF_UNIX listener, TUN,
 * and the forwarding table. Knows no key and no network peer.
 */
@NullMarked
package dev.teletun.servercluster;

import org.jspecify.annotations.NullMarked;
