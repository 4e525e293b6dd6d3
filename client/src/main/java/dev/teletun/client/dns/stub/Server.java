package dev.teletun.client.dns.stub;

import java.net.InetSocketAddress;

/**
 * A name server and how to reach it.
 *
 * @param fwmark mark of the sockets to it, 0 for none
 */
record Server(InetSocketAddress address, int fwmark) {}
