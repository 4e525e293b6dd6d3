/**
 * Networks of namespaces on one machine, built with iproute2, nftables and dnsmasq, and what one
 * can do in them.
 *
 * <p>A {@link dev.teletun.lab.topology.Host} is a process with its own network, mount, UTS and PID
 * namespace, which ends when this JVM does: the kernel then ends every program in it and removes
 * its network. So a lab that was killed leaves nothing but names in {@code /run/netns}, which the
 * next lab with the same prefix removes. Knows nothing of TeleTUN's own programs.
 */
@NullMarked
package dev.teletun.lab.topology;

import org.jspecify.annotations.NullMarked;
