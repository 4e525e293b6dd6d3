package dev.teletun.client.cluster.reach;

/** Kinds of places where server-external can be dialled, the best first. */
public enum Rung {
  /** What the user said. */
  EXPLICIT("address"),
  /** A load balancer before the node ports. */
  LOAD_BALANCER("load balancer"),
  /** A node's port that a Service leads to the pod. */
  NODE_PORT("node port"),
  /** A port of the pod's own node that is the pod's. */
  HOST_PORT("host port"),
  /** The pod itself, from within the cluster's network. */
  POD("pod address"),
  /** A stream through the API server: TCP alone, and the API server's work. */
  PORT_FORWARD("port-forward");

  private final String words;

  Rung(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
