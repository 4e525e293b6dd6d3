package dev.teletun.client.cluster.reach;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** server-cluster's pod of the same pair, by the labels that our manifests give. */
final class OtherHalf {
  private static final String NAME = "app.kubernetes.io/name";
  private static final String INSTANCE = "app.kubernetes.io/instance";
  private static final String COMPONENT = "app.kubernetes.io/component";

  private OtherHalf() {}

  /**
   * Refuses a pair that can never be one: its halves share a socket, which needs one node. Pods
   * without our labels, and a list that may not be read, are let by.
   */
  static void refuseAnotherNode(ClusterApi api, PodName name, Pod external)
      throws ClusterException {
    Map<String, String> labels = external.getMetadata().getLabels();
    if (labels == null
        || !"server-external".equals(labels.get(COMPONENT))
        || labels.get(INSTANCE) == null) {
      return;
    }
    List<Pod> halves;
    try {
      halves =
          api.client()
              .pods()
              .inNamespace(name.namespace().orElseThrow())
              .withLabel(NAME, labels.get(NAME))
              .withLabel(INSTANCE, labels.get(INSTANCE))
              .withLabel(COMPONENT, "server-cluster")
              .list()
              .getItems();
    } catch (KubernetesClientException _) {
      return; // who may read this pod alone goes on without
    }
    String node = external.getSpec().getNodeName();
    List<Pod> placed =
        halves.stream().filter(half -> half.getSpec().getNodeName() != null).toList();
    if (placed.stream().noneMatch(half -> Objects.equals(node, half.getSpec().getNodeName()))
        && !placed.isEmpty()) {
      Pod half = placed.getFirst();
      throw ClusterException.failed(
          "pod \"%s\" is on node %s but server-cluster's, \"%s\", on node %s: on two nodes they share no socket. Deploy them onto one, as the affinity of deploy/pair/pair.yaml does, or both in one pod: teletun up -layout=one-pod"
              .formatted(name, node, half.getMetadata().getName(), half.getSpec().getNodeName()));
    }
  }
}
