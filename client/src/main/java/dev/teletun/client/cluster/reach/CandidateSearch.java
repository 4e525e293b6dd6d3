package dev.teletun.client.cluster.reach;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Asks the API server where server-external may be dialled. Who may read the pod and nothing else
 * learns of fewer places, and why.
 */
public final class CandidateSearch {
  /** Most Services of a large namespace are for its own pods; as objects they cost tens of MiB. */
  private static final String FROM_OUTSIDE = "spec.type!=ClusterIP";

  private final ClusterApi api;
  private final PodAddress pod;
  private final String namespace;
  private final int port;
  private final Exposure exposure;
  private final List<Candidate> found = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  private CandidateSearch(ClusterApi api, PodAddress pod, int port) {
    this.api = api;
    this.pod = pod;
    this.namespace = pod.pod().namespace().orElseThrow();
    this.port = port;
    this.exposure = new Exposure(pod.object(), port);
  }

  /**
   * Searches by four API calls, or five.
   *
   * @param cluster what {@code api} was opened for, for connections through the API server
   * @param podName {@code name} in the namespace in force, or {@code namespace/name}
   * @param port that server-external listens on in its pod, TCP and UDP
   * @throws ClusterException for everything that keeps the pod from being dialled at all
   */
  public static Candidates find(ClusterApi api, ClusterChoice cluster, String podName, int port)
      throws ClusterException {
    CandidateSearch search = new CandidateSearch(api, PodLookup.find(api, podName), port);
    search.nodesAndServices();
    search.podItself();
    search.forward(cluster);
    return new Candidates(distinct(search.found), List.copyOf(search.missing));
  }

  /** The best first; of several ways to the same address and port the best. */
  private static List<Candidate> distinct(List<Candidate> all) {
    Map<Object, Candidate> byAddress = new LinkedHashMap<>();
    all.stream()
        .sorted(Comparator.comparing(Candidate::rung))
        .forEach(c -> byAddress.putIfAbsent(List.of(c.tcp(), c.through()), c));
    return List.copyOf(byAddress.values());
  }

  private void nodesAndServices() {
    List<Service> services = services();
    services.forEach(this::balancers);
    boolean byNode = exposure.hostPort(Exposure.TCP) > 0;
    boolean byAnyNode = services.stream().anyMatch(s -> nodePort(s, Exposure.TCP) > 0);
    if (!byNode && !byAnyNode) {
      return;
    }
    NodeAddresses nodes = new NodeAddresses(api, pod.object(), missing);
    for (NodeAddresses.Node own : nodes.own()) {
      hostPort(own);
    }
    for (Service service : services) {
      nodePorts(service, services, nodes);
    }
  }

  private List<Service> services() {
    try {
      return selecting(new ListOptionsBuilder().withFieldSelector(FROM_OUTSIDE).build());
    } catch (KubernetesClientException e) {
      return e.getCode() == HttpURLConnection.HTTP_BAD_REQUEST ? anyServices() : unknown(e);
    }
  }

  /** An API server that knows no such selector is asked for all. */
  private List<Service> anyServices() {
    try {
      return selecting(new ListOptions());
    } catch (KubernetesClientException e) {
      return unknown(e);
    }
  }

  private List<Service> selecting(ListOptions which) {
    return api.client().services().inNamespace(namespace).list(which).getItems().stream()
        .filter(exposure::isSelectedBy)
        .toList();
  }

  private List<Service> unknown(KubernetesClientException e) {
    missing.add("no Services known: " + api.explain(e, "list", "services", namespace).getMessage());
    return List.of();
  }

  private void balancers(Service service) {
    if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
      return;
    }
    int tcp = exposure.portOf(service, Exposure.TCP).map(ServicePort::getPort).orElse(0);
    int udp = exposure.portOf(service, Exposure.UDP).map(ServicePort::getPort).orElse(0);
    if (tcp > 0) {
      for (LoadBalancerIngress at : service.getStatus().getLoadBalancer().getIngress()) {
        String host = at.getIp() == null ? at.getHostname() : at.getIp();
        for (InetAddress address :
            Resolved.of(host, "the load balancer of " + name(service), missing)) {
          add(Rung.LOAD_BALANCER, "of " + name(service), address, tcp, udp);
        }
      }
    }
  }

  private void nodePorts(Service service, Collection<Service> all, NodeAddresses nodes) {
    int tcp = nodePort(service, Exposure.TCP);
    if (tcp == 0) {
      return;
    }
    int own = nodePort(service, Exposure.UDP);
    // Some load balancers take one protocol only, and people make two Services then.
    int udp =
        own > 0
            ? own
            : all.stream()
                .mapToInt(s -> nodePort(s, Exposure.UDP))
                .filter(p -> p > 0)
                .findFirst()
                .orElse(0);
    boolean local = "Local".equals(service.getSpec().getExternalTrafficPolicy());
    for (NodeAddresses.Node node : local ? nodes.own() : nodes.some()) {
      add(
          Rung.NODE_PORT,
          "of %s on %s".formatted(name(service), node.name()),
          node.address(),
          tcp,
          udp);
    }
  }

  private int nodePort(Service service, String protocol) {
    return exposure
        .portOf(service, protocol)
        .map(ServicePort::getNodePort)
        .filter(Objects::nonNull)
        .orElse(0);
  }

  private void hostPort(NodeAddresses.Node own) {
    int tcp = exposure.hostPort(Exposure.TCP);
    if (tcp > 0) {
      add(Rung.HOST_PORT, "on " + own.name(), own.address(), tcp, exposure.hostPort(Exposure.UDP));
    }
  }

  private void podItself() {
    add(Rung.POD, "of " + pod.pod(), pod.address(), port, port);
    pod.object().getStatus().getPodIPs().stream()
        .flatMap(ip -> Resolved.literal(ip.getIp()).stream())
        .forEach(ip -> add(Rung.POD, "of " + pod.pod(), ip, port, port));
  }

  private void forward(ClusterChoice cluster) {
    PodPort to = new PodPort(cluster, namespace, pod.pod().name(), port);
    ApiAddress.of(api, missing)
        .ifPresent(at ->
            found.add(
                new Candidate(
                    Rung.PORT_FORWARD,
                    "to " + to,
                    at.getAddress(),
                    at.getPort(),
                    0,
                    Optional.of(to))));
  }

  private void add(Rung rung, String origin, InetAddress address, int tcp, int udp) {
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      missing.add(
          "%s %s: nobody can be dialled at such an address"
              .formatted(rung, address.getHostAddress()));
    } else {
      found.add(Candidate.direct(rung, origin, address, tcp, udp));
    }
  }

  private static String name(Service service) {
    return "Service %s/%s"
        .formatted(service.getMetadata().getNamespace(), service.getMetadata().getName());
  }
}
