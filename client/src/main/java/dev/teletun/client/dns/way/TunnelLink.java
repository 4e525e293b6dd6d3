package dev.teletun.client.dns.way;

import java.net.InetAddress;
import java.util.function.Supplier;

/**
 * The tunnel's device.
 *
 * @param index the kernel's number for it
 * @param name such as {@code tel0}
 * @param address of this host on it, now: another after the pod was replaced; any thread asks
 */
public record TunnelLink(int index, String name, Supplier<InetAddress> address) {}
