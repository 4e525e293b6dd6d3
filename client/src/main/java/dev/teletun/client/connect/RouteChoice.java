package dev.teletun.client.connect;

import dev.teletun.client.host.route.RouteMode;
import dev.teletun.protocol.address.Prefix;
import java.util.List;

/**
 * What the user says of routes.
 *
 * @param asked prefixes that go into the tunnel in any case
 * @param excluded prefixes that do not, whoever says so
 * @param mode what becomes of what the cluster has
 */
public record RouteChoice(List<Prefix> asked, List<Prefix> excluded, RouteMode mode) {}
