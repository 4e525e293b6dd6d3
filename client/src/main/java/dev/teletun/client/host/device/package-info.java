/**
 * The TUN device with what it carries: the pod's addresses, MTU, routes, and the guards in front of
 * it. Knows no peer.
 */
@NullMarked
package dev.teletun.client.host.device;

import org.jspecify.annotations.NullMarked;
