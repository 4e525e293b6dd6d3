package dev.teletun.client.cluster.pair;

/**
 * A pair whose pods are ready.
 *
 * @param pod {@code namespace/name} of the pod to dial
 */
public record Deployed(String pod) {
  /** Where server-external listens in its pod. */
  public static final int PORT = 7000;
}
