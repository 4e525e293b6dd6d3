package dev.teletun.client.cluster.pair;

import java.util.Optional;

/**
 * A pair whose pods are ready.
 *
 * @param pod {@code namespace/name} of the pod to dial
 * @param host address of the node it runs on
 * @param nodePort at which that node passes on to it, TCP and UDP, if it has a Service
 */
public record Deployed(String pod, Optional<String> host, Optional<Integer> nodePort) {
  /** Where server-external listens in its pod. */
  public static final int PORT = 7000;
}
