package dev.teletun.client.cluster.prefix;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kind of objects that say something of addresses or names, and what of one is kept. */
enum Kind {
  SERVICE_CIDRS(
      "servicecidrs",
      "/apis/networking.k8s.io/v1/servicecidrs",
      "/apis/networking.k8s.io/v1beta1/servicecidrs"),
  KUBEADM_CONFIG("configmaps", "/api/v1/namespaces/kube-system/configmaps", ""),
  NODES("nodes", "/api/v1/nodes", ""),
  SERVICES("services", "/api/v1/services", ""),
  PODS("pods", "/api/v1/pods", ""),
  ENDPOINT_SLICES("endpointslices", "/apis/discovery.k8s.io/v1/endpointslices", ""),
  NAMESPACES("namespaces", "/api/v1/namespaces", ""),
  /** Of kubeadm and those like it: the pods of the API server and of the controller manager. */
  COMPONENTS("pods in kube-system", "/api/v1/namespaces/kube-system/pods", ""),
  CALICO_POOLS("ippools", "/apis/crd.projectcalico.org/v1/ippools", ""),
  CILIUM_NODES("ciliumnodes", "/apis/cilium.io/v2/ciliumnodes", "");

  /** Before a subnet for Services in what is kept of kubeadm's configuration. */
  static final String SERVICE_SUBNET = "serviceSubnet ";

  /** Before a subnet for pods. */
  static final String POD_SUBNET = "podSubnet ";

  private static final Pattern SUBNETS =
      Pattern.compile("(?m)^\\s*(serviceSubnet|podSubnet):[ \"']*([0-9a-fA-F.:/, ]+)");

  private static final Pattern FLAGS =
      Pattern.compile("--(service-cluster-ip-range|cluster-cidr)[= ]([0-9a-fA-F.:/,]+)");

  // Of one object: an EndpointSlice has up to 1000 endpoints, everything else a few addresses.
  private static final int MOST_TEXTS = 1000;
  private static final int LONGEST_TEXT = 64;

  private final String resource;
  private final String path;
  private final String olderPath;

  Kind(String resource, String path, String olderPath) {
    this.resource = resource;
    this.path = path;
    this.olderPath = olderPath;
  }

  /** As RBAC calls it, or for a part of a kind as people do. */
  String resource() {
    return resource;
  }

  /** Where it is, in the newest version first. */
  List<String> paths() {
    return olderPath.isEmpty() ? List.of(path) : List.of(path, olderPath);
  }

  /** The parameter that narrows it down, or nothing. */
  String selection() {
    return switch (this) {
      case KUBEADM_CONFIG -> "&fieldSelector=metadata.name%3Dkubeadm-config";
      case COMPONENTS ->
          "&labelSelector=component%20in%20%28kube-apiserver%2Ckube-controller-manager%29";
      default -> "";
    };
  }

  /** What is kept of an object: addresses and prefixes, or its name, as they came. */
  List<String> project(JsonNode object) {
    return textsIn(object).stream()
        .filter(text -> !text.isEmpty())
        .map(text -> text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…")
        .distinct()
        .limit(MOST_TEXTS)
        .toList();
  }

  private List<String> textsIn(JsonNode object) {
    return switch (this) {
      case SERVICE_CIDRS -> texts(object.path("spec").path("cidrs"));
      case KUBEADM_CONFIG -> subnets(object);
      case NODES -> either(object.path("spec"), "podCIDRs", "podCIDR");
      case SERVICES -> either(object.path("spec"), "clusterIPs", "clusterIP");
      case PODS -> podIps(object);
      case ENDPOINT_SLICES -> podEndpoints(object);
      case COMPONENTS -> flags(object);
      case CALICO_POOLS ->
          object.path("spec").path("disabled").asBoolean()
              ? List.of()
              : List.of(object.path("spec").path("cidr").asText());
      case CILIUM_NODES -> texts(object.path("spec").path("ipam").path("podCIDRs"));
      case NAMESPACES -> List.of(object.path("metadata").path("name").asText());
    };
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static List<String> either(JsonNode of, String plural, String singular) {
    List<String> several = texts(of.path(plural));
    return several.isEmpty() ? List.of(of.path(singular).asText()) : several;
  }

  /** None for a pod that shares its node's network, or has ended. */
  private static List<String> podIps(JsonNode pod) {
    String phase = pod.path("status").path("phase").asText();
    if (pod.path("spec").path("hostNetwork").asBoolean()
        || phase.equals("Succeeded")
        || phase.equals("Failed")) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    pod.path("status").path("podIPs").forEach(ip -> texts.add(ip.path("ip").asText()));
    return texts.isEmpty() ? List.of(pod.path("status").path("podIP").asText()) : texts;
  }

  private static List<String> podEndpoints(JsonNode slice) {
    List<String> texts = new ArrayList<>();
    for (JsonNode endpoint : slice.path("endpoints")) {
      if (endpoint.path("targetRef").path("kind").asText().equals("Pod")) {
        texts.addAll(texts(endpoint.path("addresses")));
      }
    }
    return texts;
  }

  private static List<String> subnets(JsonNode configMap) {
    List<String> texts = new ArrayList<>();
    Matcher line = SUBNETS.matcher(configMap.path("data").path("ClusterConfiguration").asText());
    while (line.find()) {
      for (String subnet : line.group(2).strip().split("[, ]+", -1)) {
        texts.add(line.group(1) + " " + subnet);
      }
    }
    return texts;
  }

  private static List<String> flags(JsonNode pod) {
    List<String> texts = new ArrayList<>();
    for (JsonNode container : pod.path("spec").path("containers")) {
      List<String> words = new ArrayList<>(texts(container.path("command")));
      words.addAll(texts(container.path("args")));
      Matcher flag = FLAGS.matcher(String.join(" ", words));
      while (flag.find()) {
        String label = flag.group(1).equals("cluster-cidr") ? POD_SUBNET : SERVICE_SUBNET;
        for (String subnet : flag.group(2).split(",", -1)) {
          texts.add(label + subnet);
        }
      }
    }
    return texts;
  }
}
