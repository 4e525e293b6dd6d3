package dev.teletun.client.connect;

import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.pair.Layout;
import dev.teletun.tunnel.association.Lifetime;
import java.util.Optional;

/**
 * The command line of {@code teletun up}.
 *
 * @param cluster where the pair is to be
 * @param name what its objects' names begin with
 * @param image of both servers; the default one if empty
 */
public record PairClientOptions(
    ClusterChoice cluster,
    Layout layout,
    String name,
    Optional<String> image,
    HostChoice host,
    boolean check,
    boolean takeover,
    Lifetime lifetime) {}
