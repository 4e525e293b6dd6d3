package dev.teletun.serverexternal;

import java.nio.file.Path;

/**
 * The command line of {@code teletun server-external}.
 *
 * @param port TCP and UDP port to listen on
 * @param serverPublicKey our own public key or certificate
 * @param serverPrivateKey our private key
 * @param clientPublicKey the pin of the only client that is let in
 * @param sockfile where server-cluster listens
 */
public record ServerExternalOptions(
    int port, Path serverPublicKey, Path serverPrivateKey, Path clientPublicKey, Path sockfile) {}
