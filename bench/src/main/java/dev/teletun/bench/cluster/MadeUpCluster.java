package dev.teletun.bench.cluster;

import dev.teletun.lab.api.ApiServer;
import dev.teletun.lab.topology.Host;
import dev.teletun.lab.topology.LabNet;
import dev.teletun.linux.namespace.NetworkNamespace;
import dev.teletun.protocol.address.Addresses;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An API server on the node with Services in 10.112.0.0/12 and pods in 10.128.0.0/9, where the lab
 * has none. Its objects are as large as those of real clusters.
 */
final class MadeUpCluster implements Closeable {
  private static final String SERVICES = "/api/v1/services";
  private static final String PODS = "/api/v1/pods";
  private static final String FILLING =
      "\"status\":{\"conditions\":[{\"message\":\"%s\"}]}".formatted("x".repeat(1500));

  private final ApiServer api;

  private MadeUpCluster(ApiServer api) {
    this.api = api;
  }

  static MadeUpCluster on(Host node, int services, int pods) throws IOException {
    InetSocketAddress any = new InetSocketAddress(Addresses.parse(LabNet.NODE.v4()), 0);
    ApiServer api;
    try (NetworkNamespace namespace = NetworkNamespace.ofProcess(node.pid())) {
      api = namespace.call(() -> ApiServer.open(any));
    }
    MadeUpCluster cluster = new MadeUpCluster(api);
    List.of(
            SERVICES,
            PODS,
            "/api/v1/nodes",
            "/api/v1/namespaces/kube-system/configmaps",
            "/apis/discovery.k8s.io/v1/endpointslices")
        .forEach(api::know);
    api.put(
        "/apis/networking.k8s.io/v1/servicecidrs",
        "kubernetes",
        "\"spec\":{\"cidrs\":[\"10.112.0.0/12\"]}");
    for (int i = 0; i < services; i++) {
      cluster.service("shop/s" + i, serviceAddress(i));
    }
    for (int i = 0; i < pods; i++) {
      api.put(
          PODS,
          "shop/p" + i,
          "\"spec\":{\"nodeName\":\"%s\"},\"status\":{\"phase\":\"Running\",\"podIPs\":[{\"ip\":\"10.%d.%d.%d\"}]}"
              .formatted("n".repeat(3000), 128 + i / 62_500, i / 250 % 250, i % 250 + 1));
    }
    return cluster;
  }

  static String serviceAddress(int i) {
    return "10.%d.%d.%d".formatted(112 + i / 62_500, i / 250 % 250, i % 250 + 1);
  }

  void service(String name, String ip) {
    api.put(
        SERVICES,
        name,
        "\"spec\":{\"clusterIP\":\"%s\",\"clusterIPs\":[\"%s\"]},%s".formatted(ip, ip, FILLING));
  }

  void deleteService(String name) {
    api.delete(SERVICES, name);
  }

  Path kubeconfig(Path directory) throws IOException {
    return Files.writeString(
        directory.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts: [{name: lab, context: {cluster: lab, user: lab}}]
        clusters: [{name: lab, cluster: {server: "http://%s:%d"}}]
        users: [{name: lab, user: {token: none}}]
        """
            .formatted(LabNet.NODE.v4(), api.port()));
  }

  @Override
  public void close() {
    api.close();
  }
}
