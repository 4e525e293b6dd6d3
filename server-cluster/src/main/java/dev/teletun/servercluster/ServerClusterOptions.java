package dev.teletun.servercluster;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The command line of {@code teletun server-cluster}.
 *
 * @param sockfile where to listen for server-external
 * @param peerUid the uid that server-external must have; our own if empty
 * @param keepPorts TCP and UDP ports of the pod's address that stay the pod's own
 * @param asFrames packets go over the socket, and not the device itself
 * @param interfaceName the pod's network interface; that of the default route if empty
 */
public record ServerClusterOptions(
    Path sockfile,
    OptionalInt peerUid,
    Set<Integer> keepPorts,
    boolean asFrames,
    Optional<String> interfaceName) {}
