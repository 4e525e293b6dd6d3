package dev.teletun.client.cluster.prefix;

/** How sure it is that a prefix is the cluster's. */
public enum Confidence {
  /** The cluster says so, or the user. */
  HIGH,
  /** Something says so that is not always right. */
  MEDIUM,
  /** Guessed from single addresses. */
  LOW
}
