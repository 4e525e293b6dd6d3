package dev.teletun.client.host.route;

/** What becomes of the prefixes that the cluster has, as far as the user did not name them. */
public enum RouteMode {
  /** They are routed; where one collides, the addresses of its Services and pods. */
  AUTO,
  /** Each address of a Service or pod is routed by itself. */
  HOSTS,
  /** None is routed. */
  NONE
}
