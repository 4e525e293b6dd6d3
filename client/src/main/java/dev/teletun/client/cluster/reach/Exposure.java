package dev.teletun.client.cluster.reach;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** How one port of one pod is exposed: the ports of Services and of the node that lead to it. */
final class Exposure {
  static final String TCP = "TCP";
  static final String UDP = "UDP";

  private final Pod pod;
  private final int port;

  Exposure(Pod pod, int port) {
    this.pod = pod;
    this.port = port;
  }

  /** True if {@code service} chooses the pod by its labels. */
  boolean isSelectedBy(Service service) {
    Map<String, String> selector =
        service.getSpec() == null ? null : service.getSpec().getSelector();
    Map<String, String> labels = pod.getMetadata().getLabels();
    return selector != null
        && !selector.isEmpty()
        && labels != null
        && labels.entrySet().containsAll(selector.entrySet());
  }

  /** The port of {@code service} that leads to ours by this protocol. */
  Optional<ServicePort> portOf(Service service, String protocol) {
    return service.getSpec().getPorts().stream()
        .filter(p -> protocol.equals(Objects.requireNonNullElse(p.getProtocol(), TCP)))
        .filter(this::leadsHere)
        .findFirst();
  }

  private boolean leadsHere(ServicePort of) {
    IntOrString target = of.getTargetPort();
    if (target == null) {
      return Objects.equals(of.getPort(), port);
    }
    return target.getStrVal() == null
        ? Objects.equals(target.getIntVal(), port)
        : containerPorts()
            .anyMatch(c ->
                target.getStrVal().equals(c.getName())
                    && Objects.equals(c.getContainerPort(), port));
  }

  /** The node's port that is ours by this protocol; 0 for none. */
  int hostPort(String protocol) {
    return containerPorts()
        .filter(c -> Objects.equals(c.getContainerPort(), port) && c.getHostPort() != null)
        .filter(c -> protocol.equals(Objects.requireNonNullElse(c.getProtocol(), TCP)))
        .map(ContainerPort::getHostPort)
        .findFirst()
        .orElse(0);
  }

  private Stream<ContainerPort> containerPorts() {
    return pod.getSpec().getContainers().stream()
        .map(Container::getPorts)
        .filter(Objects::nonNull)
        .flatMap(List::stream);
  }
}
