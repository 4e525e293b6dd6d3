package dev.teletun.lab.api;

import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.protocol.address.Addresses;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A cluster as far as its API server says: an {@link ApiServer} that knows all that the client asks
 * for, with objects that are as large as those of real clusters. Any thread.
 */
public final class PlayedCluster implements Closeable {
  public static final String SERVICE_CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";
  public static final String CONFIG_MAPS = "/api/v1/namespaces/kube-system/configmaps";
  public static final String NODES = "/api/v1/nodes";
  public static final String NAMESPACES = "/api/v1/namespaces";
  public static final String SERVICES = "/api/v1/services";
  public static final String PODS = "/api/v1/pods";
  public static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";

  private static final String FILLING =
      "\"conditions\":[{\"message\":\"%s\"}]".formatted("x".repeat(1500));

  private final ApiServer api;
  private final InetAddress address;

  private PlayedCluster(ApiServer api, InetAddress address) {
    this.api = api;
    this.address = address;
  }

  /**
   * Listens on any port of {@code address} in the network namespace of a process; has no object
   * yet, and does not know of ServiceCIDRs.
   */
  public static PlayedCluster in(long pid, String address) throws IOException {
    InetAddress at = Addresses.parse(address);
    try (NetworkNamespace namespace = NetworkNamespace.ofProcess(pid)) {
      ApiServer api = namespace.call(() -> ApiServer.open(new InetSocketAddress(at, 0)));
      List.of(CONFIG_MAPS, NODES, NAMESPACES, SERVICES, PODS, SLICES).forEach(api::know);
      return new PlayedCluster(api, at);
    }
  }

  /** What answers, to be told how to fail. */
  public ApiServer api() {
    return api;
  }

  /** The ServiceCIDR API says these. */
  public void serviceCidrs(String... cidrs) {
    api.put(SERVICE_CIDRS, "kubernetes", "\"spec\":{\"cidrs\":%s}".formatted(array(cidrs)));
  }

  /** A node with these blocks for its pods, if any. */
  public void node(String name, String... podCidrs) {
    api.put(NODES, name, "\"spec\":{\"podCIDRs\":%s}".formatted(array(podCidrs)));
  }

  /** There is such a namespace. */
  public void namespace(String name) {
    api.put(NAMESPACES, name, "\"spec\":{}");
  }

  /**
   * There is a Service, or it is another now.
   *
   * @param name {@code namespace/name}
   */
  public void service(String name, String ip) {
    api.put(
        SERVICES,
        name,
        "\"spec\":{\"clusterIP\":\"%s\",\"clusterIPs\":[\"%s\"]},\"status\":{%s}"
            .formatted(ip, ip, FILLING));
  }

  /** It is gone. */
  public void deleteService(String name) {
    api.delete(SERVICES, name);
  }

  /** There is a running pod. */
  public void pod(String name, String ip) {
    api.put(
        PODS,
        name,
        "\"spec\":{},\"status\":{\"phase\":\"Running\",\"podIPs\":[{\"ip\":\"%s\"}],%s,%s}"
            .formatted(ip, FILLING, FILLING.replace("conditions", "containerStatuses")));
  }

  /** Writes a kubeconfig that leads here into a directory. */
  public Path kubeconfig(Path directory) throws IOException {
    return Files.writeString(
        directory.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts: [{name: lab, context: {cluster: lab, user: lab}}]
        clusters: [{name: lab, cluster: {server: "http://%s"}}]
        users: [{name: lab, user: {token: none}}]
        """
            .formatted(Addresses.text(new InetSocketAddress(address, api.port()))));
  }

  private static String array(String... texts) {
    return texts.length == 0 ? "[]" : "[\"%s\"]".formatted(String.join("\",\"", texts));
  }

  @Override
  public void close() {
    api.close();
  }
}
