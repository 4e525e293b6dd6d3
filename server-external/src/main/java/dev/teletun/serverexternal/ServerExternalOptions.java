package dev.teletun.serverexternal;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The command line of {@code teletun server-external}.
 *
 * @param port TCP and UDP port to listen on
 * @param serverPublicKey our own public key or certificate
 * @param serverPrivateKey our private key
 * @param clientPublicKey the pin of the only client that is let in
 * @param sockfile where server-cluster listens
 * @param peerUid the user that server-cluster runs as; root or our own if empty
 */
public record ServerExternalOptions(
    int port,
    Path serverPublicKey,
    Path serverPrivateKey,
    Path clientPublicKey,
    Path sockfile,
    OptionalInt peerUid) {}
