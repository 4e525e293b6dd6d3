package dev.teletun.client.connect;

import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.host.filter.Boundary;

/**
 * What the user wants to become of this host while it is the pod.
 *
 * @param routes what goes into the tunnel besides the cluster's name servers
 * @param strictRoutes whether a table of our own goes before the host's
 * @param boundary what may pass between host, containers and cluster
 * @param dns how the cluster's names are to resolve on this host
 * @param plan whether to say each change before it is made
 */
public record HostChoice(
    RouteChoice routes, boolean strictRoutes, Boundary boundary, DnsMode dns, Planning plan) {}
