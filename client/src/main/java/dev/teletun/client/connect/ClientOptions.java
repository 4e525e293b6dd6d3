package dev.teletun.client.connect;

import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.tunnel.association.Lifetime;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The command line of {@code teletun client}.
 *
 * @param cluster how to reach the API server
 * @param pod server-external's pod, {@code name} or {@code namespace/name}
 * @param address host to dial instead of looking the pod up
 * @param port TCP and UDP port of server-external
 * @param host what is to become of this host
 * @param check whether a round trip through the tunnel must succeed before the host is touched
 * @param takeover whether another client that holds the pod is to be ended
 * @param lifetime of one association
 */
public record ClientOptions(
    ClusterChoice cluster,
    Optional<String> pod,
    Optional<String> address,
    int port,
    Path serverPublicKey,
    Path clientPublicKey,
    Path clientPrivateKey,
    HostChoice host,
    boolean check,
    boolean takeover,
    Lifetime lifetime) {}
