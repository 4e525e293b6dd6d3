package dev.teletun.client.cluster.reach;

import dev.teletun.client.cluster.access.ClusterApi;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Addresses of nodes, the pod's own node first: it forwards to nobody else. */
final class NodeAddresses {
  /** Enough for one to answer; the others answer alike. */
  private static final int OTHERS = 3;

  /** An address of a node, and the node in words. */
  record Node(String name, InetAddress address) {}

  private final ClusterApi api;
  private final Pod pod;
  private final List<String> missing;
  private final List<Node> own;
  private @Nullable List<Node> some;

  NodeAddresses(ClusterApi api, Pod pod, List<String> missing) {
    this.api = api;
    this.pod = pod;
    this.missing = missing;
    own = askForOwn();
  }

  /** Those of the pod's node. The pod itself says the inner ones, so they need no right. */
  List<Node> own() {
    return own;
  }

  /** Those of a few nodes. */
  List<Node> some() {
    if (some == null) {
      some = askForSome();
    }
    return some;
  }

  private List<Node> askForOwn() {
    String name = pod.getSpec().getNodeName();
    if (name == null) {
      return List.of();
    }
    Set<Node> all = new LinkedHashSet<>();
    try {
      all.addAll(addresses(api.client().nodes().withName(name).get()));
    } catch (KubernetesClientException e) {
      missing.add(
          "only the inner address of node %s known: %s"
              .formatted(name, api.explain(e, "get", "nodes", "").getMessage()));
    }
    Stream.concat(
            Stream.ofNullable(pod.getStatus().getHostIP()),
            pod.getStatus().getHostIPs().stream().map(HostIP::getIp))
        .flatMap(ip -> Resolved.literal(ip).stream())
        .map(ip -> new Node("node " + name, ip))
        .forEach(all::add);
    return List.copyOf(all);
  }

  private List<Node> askForSome() {
    Set<Node> all = new LinkedHashSet<>(own);
    try {
      api.client()
          .nodes()
          .list(new ListOptionsBuilder().withLimit((long) OTHERS + 1).build())
          .getItems()
          .forEach(n -> all.addAll(addresses(n)));
    } catch (KubernetesClientException e) {
      missing.add("no other nodes known: " + api.explain(e, "list", "nodes", "").getMessage());
    }
    return List.copyOf(all);
  }

  /** Outer ones first. */
  private static List<Node> addresses(io.fabric8.kubernetes.api.model.@Nullable Node node) {
    List<Node> all = new ArrayList<>();
    if (node == null || node.getStatus() == null) {
      return all;
    }
    for (String type : List.of("ExternalIP", "InternalIP")) {
      node.getStatus().getAddresses().stream()
          .filter(a -> Objects.equals(type, a.getType()))
          .map(NodeAddress::getAddress)
          .map(Resolved::literal)
          .flatMap(Optional::stream)
          .forEach(ip -> all.add(new Node("node " + node.getMetadata().getName(), ip)));
    }
    return all;
  }
}
