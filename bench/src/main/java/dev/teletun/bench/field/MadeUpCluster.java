package dev.teletun.bench.field;

import dev.teletun.lab.api.PlayedCluster;
import dev.teletun.lab.topology.Lab;
import dev.teletun.lab.topology.LabNet;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A played cluster of any size in a lab, with Services in 10.112.0.0/12 and pods in 10.128.0.0/9,
 * where the lab has none. Each Service has a name in the lab's DNS and leads to its web server.
 */
public final class MadeUpCluster implements Closeable {
  private static final String SERVICES = "10.112.0.0/12";
  private static final String NAMESPACE = "shop";

  private final PlayedCluster api;
  private final Lab lab;

  private MadeUpCluster(PlayedCluster api, Lab lab) {
    this.api = api;
    this.lab = lab;
  }

  /**
   * Begins to play.
   *
   * @param prefixes whether the cluster says which it has
   */
  public static MadeUpCluster in(Lab lab, int services, int pods, boolean prefixes)
      throws IOException {
    PlayedCluster api = PlayedCluster.in(lab.node().pid(), LabNet.NODE.v4());
    MadeUpCluster cluster = new MadeUpCluster(api, lab);
    api.namespace(NAMESPACE);
    if (prefixes) {
      api.serviceCidrs(SERVICES);
      api.node("lab-node", LabNet.PODS.v4(), LabNet.PODS.v6());
    }
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < services; i++) {
      api.service(NAMESPACE + "/s" + i, serviceAddress(i));
      names.append(record("s" + i, serviceAddress(i)));
    }
    for (int i = 0; i < pods; i++) {
      api.pod(
          NAMESPACE + "/p" + i,
          "10.%d.%d.%d".formatted(128 + i / 62_500, i / 250 % 250, i % 250 + 1));
    }
    Files.writeString(lab.clusterRecords().resolve("all"), names);
    lab.node()
        .shell(
            "nft add rule inet kube services ip daddr %s tcp dport %d dnat ip to %s"
                .formatted(SERVICES, LabNet.WEB_PORT, LabNet.POD_WEB.v4()))
        .orThrow();
    return cluster;
  }

  /** The address of the Service of that number, at most 999,999. */
  public static String serviceAddress(int i) {
    return "10.%d.%d.%d".formatted(112 + i / 62_500, i / 250 % 250, i % 250 + 1);
  }

  /** The whole name of a Service. */
  public static String name(String service) {
    return "%s.%s.svc.%s".formatted(service, NAMESPACE, LabNet.CLUSTER_DOMAIN);
  }

  private static String record(String service, String ip) {
    return "%s %s\n".formatted(ip, name(service));
  }

  /** One more Service, with a name. */
  public void create(String service, String ip) throws IOException {
    Files.writeString(lab.clusterRecords().resolve(service), record(service, ip));
    api.service(NAMESPACE + "/" + service, ip);
  }

  /** It is gone, and its name. */
  public void delete(String service) throws IOException {
    Files.delete(lab.clusterRecords().resolve(service));
    api.deleteService(NAMESPACE + "/" + service);
  }

  /** Writes one that leads here into a directory. */
  public Path kubeconfig(Path directory) throws IOException {
    return api.kubeconfig(directory);
  }

  /** One more Service, without a name in the DNS. */
  public void createNameless(String service, String ip) {
    api.service(NAMESPACE + "/" + service, ip);
  }

  /** That one is gone. */
  public void deleteNameless(String service) {
    api.deleteService(NAMESPACE + "/" + service);
  }

  @Override
  public void close() {
    api.close();
  }
}
