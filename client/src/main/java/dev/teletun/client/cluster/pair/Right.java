package dev.teletun.client.cluster.pair;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that we ask of an API server, what for, and what is lost where it is not granted: the
 * one list, which the files in {@code deploy/rbac} grant and {@link Preflight} asks about.
 */
public enum Right {
  PODS(Use.CONNECT, "", "pods", "get list watch", "no pair is found by itself: say -address=HOST"),
  SERVICES(
      Use.CONNECT,
      "",
      "services",
      "get list watch",
      "a pair behind a NodePort or load balancer is not found there"),
  PORT_FORWARD(
      Use.CONNECT,
      "",
      "pods/portforward",
      "get create",
      "where neither node ports nor pods can be reached there is no way to the pair"),

  MAKE_PODS(Use.UP, "", "pods", "create delete", "no pair can be brought up"),
  KEYS(Use.UP, "", "secrets", "get list create delete", "no pair can be brought up"),
  MAKE_SERVICES(Use.UP, "", "services", "create delete", "the pair gets no port of its node"),
  POLICIES(
      Use.UP,
      "networking.k8s.io",
      "networkpolicies",
      "get list create delete",
      "the pair gets no NetworkPolicy"),
  LEASES(
      Use.UP,
      "coordination.k8s.io",
      "leases",
      "get create update delete",
      "who holds the pair is neither said nor heard"),
  LOGS(Use.UP, "", "pods/log", "get", "why a container ends at once is not shown"),
  EVENTS(Use.UP, "", "events", "list", "why a pod does not start is only shown in part"),

  ALL_SERVICE_CIDRS(
      Use.FACTS,
      "networking.k8s.io",
      "servicecidrs",
      "list watch",
      "the Services' prefixes come from elsewhere"),
  KUBEADM_CONFIG(Use.FACTS, "", "configmaps", "list watch", "kubeadm's prefixes are not read"),
  ALL_NODES(Use.FACTS, "", "nodes", "get list watch", "the pods' prefixes come from elsewhere"),
  ALL_SERVICES(Use.FACTS, "", "services", "list watch", "new Services are not followed"),
  ALL_PODS(Use.FACTS, "", "pods", "list watch", "new pods are not followed"),
  ALL_ENDPOINTS(
      Use.FACTS,
      "discovery.k8s.io",
      "endpointslices",
      "list watch",
      "what is behind headless Services is not followed"),
  ALL_NAMESPACES(
      Use.FACTS, "", "namespaces", "list watch", "web.other is not resolved, only web.other.svc");

  /** Where the ConfigMap is that kubeadm leaves. */
  static final String KUBEADM_NAMESPACE = "kube-system";

  private static final String KUBEADM_NAME = "kubeadm-config";

  private final Use use;
  private final String group;
  private final String resource;
  private final String verbs;
  private final String without;

  /** What one does with it. */
  public enum Use {
    /** In the pair's namespace: {@code teletun client -pod}. */
    CONNECT,
    /** In the pair's namespace, besides those: {@code teletun up} and {@code down}. */
    UP,
    /** In the whole cluster: which prefixes it has, and how they change. */
    FACTS
  }

  Right(Use use, String group, String resource, String verbs, String without) {
    this.use = use;
    this.group = group;
    this.resource = resource;
    this.verbs = verbs;
    this.without = without;
  }

  Use use() {
    return use;
  }

  /** API group; empty for the core. */
  String group() {
    return group;
  }

  /** Plural; a subresource follows a slash. */
  String resource() {
    return resource;
  }

  List<String> verbs() {
    return List.of(verbs.split(" ", -1));
  }

  /** The one object that it is about; empty for all. */
  String objectName() {
    return this == KUBEADM_CONFIG ? KUBEADM_NAME : "";
  }

  /** What is lost if it is not granted. */
  String without() {
    return without;
  }

  /** True if nothing is left of its use without it. */
  boolean indispensable() {
    return this == MAKE_PODS || this == KEYS;
  }

  static Stream<Right> of(List<Use> uses) {
    return Arrays.stream(values()).filter(right -> uses.contains(right.use));
  }
}
