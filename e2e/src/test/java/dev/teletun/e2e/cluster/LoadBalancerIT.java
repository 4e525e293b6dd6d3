package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * A pair behind a Service of type LoadBalancer. The provider is played: it writes the node's own
 * address into the status; kube-proxy, which serves it, is real.
 */
@Tag("cluster")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoadBalancerIT {
  private static final Pattern CONNECTED = Pattern.compile("^connected as ");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private RealCluster cluster;

  @BeforeAll
  void open() throws IOException {
    cluster = RealCluster.inNamespace("lb");
  }

  @AfterAll
  void close() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void isDialledBeforeTheNodesPort() throws IOException {
    assertThat(connect()).contains(" to node port ");
    String node = cluster.field("pod/teletun-lb-external", ".status.hostIP");
    cluster.kubectl("patch", "service", "teletun-lb", "-p={\"spec\":{\"type\":\"LoadBalancer\"}}");
    cluster.kubectl(
        "patch",
        "service",
        "teletun-lb",
        "--subresource=status",
        "--type=merge",
        "-p={\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"%s\"}]}}}".formatted(node));

    assertThat(connect()).contains(" to load balancer " + node + ":7000 of Service ");

    cluster.teletun("down", "-name=teletun-lb").orThrow();
  }

  private String connect() throws IOException {
    try (RunningProgram up = cluster.startTeletun("up", "-name=teletun-lb")) {
      return up.awaitLine(CONNECTED, LIMIT);
    }
  }
}
