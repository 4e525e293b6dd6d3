package dev.teletun.client.dns.way;

import java.net.InetAddress;
import java.util.function.Supplier;

/**
 * The tunnel's device.
 *
 * @param index the kernel's number for it
 * @param address of this host on it, now: another after the pod was replaced; any thread asks
 */
public record TunnelLink(int index, Supplier<InetAddress> address) {}
