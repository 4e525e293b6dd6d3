package dev.teletun.client.cluster.reach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.StubApiServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CandidateSearchTest {
  private static final String POD = "/api/v1/namespaces/shop/pods/ext";
  private static final String ALL_SERVICES = "/api/v1/namespaces/shop/services";
  private static final String SERVICES = ALL_SERVICES + "?fieldSelector=spec.type%21%3DClusterIP";
  private static final String NODE = "/api/v1/nodes/n1";
  private static final String NODES = "/api/v1/nodes?limit=4";
  private static final String NO_SERVICE =
      """
      {"apiVersion":"v1","kind":"ServiceList","items":[]}\
      """;

  @TempDir Path directory;
  private final Map<String, String> answers = new HashMap<>();
  private final Map<String, Integer> refusals = new HashMap<>();

  @Test
  void knowsOfAPodWithoutServicesItsAddressAndThePortForward() throws Exception {
    answers.put(POD, pod("{\"containerPort\":7000}"));
    answers.put(SERVICES, NO_SERVICE);

    Candidates found = find();

    assertThat(found.found().stream().map(Candidate::toString).toList())
        .hasSize(2)
        .contains("pod address 10.244.0.5:7000 of shop/ext")
        .last()
        .asString()
        .matches("port-forward through 127.0.0.1:\\d+ to port 7000 of pod shop/ext");
    assertThat(found.found().getLast().udp()).isEmpty();
    assertThat(found.missing()).isEmpty();
  }

  @Test
  void findsNodePortsOfBothProtocolsOnThePodsNodeFirst() throws Exception {
    answers.put(POD, pod("{\"containerPort\":7000,\"name\":\"vpn\"}"));
    answers.put(
        SERVICES,
        services(
            service(
                "ext",
                "NodePort",
                """
                {"protocol":"TCP","port":443,"targetPort":"vpn","nodePort":30700},
                {"protocol":"UDP","port":443,"targetPort":7000,"nodePort":30701}\
                """)));
    answers.put(NODE, node("n1", "203.0.113.1", "192.168.7.1"));
    answers.put(
        NODES, nodes(node("n0", "", "192.168.7.9"), node("n1", "203.0.113.1", "192.168.7.1")));

    Candidates found = find();

    assertThat(found.found().stream().filter(c -> c.rung() == Rung.NODE_PORT))
        .extracting(Candidate::toString)
        .containsExactly(
            "node port 203.0.113.1:30700 of Service shop/ext on node n1",
            "node port 192.168.7.1:30700 of Service shop/ext on node n1",
            "node port 192.168.7.9:30700 of Service shop/ext on node n0");
    assertThat(found.found().getFirst().udpPort()).isEqualTo(30_701);
  }

  @Test
  void takesTheUdpPortOfAnotherServiceThatLeadsToTheSamePort() throws Exception {
    answers.put(POD, pod("{\"containerPort\":7000}"));
    answers.put(
        SERVICES,
        services(
            service("tcp", "NodePort", "{\"protocol\":\"TCP\",\"port\":7000,\"nodePort\":30700}"),
            service("udp", "NodePort", "{\"protocol\":\"UDP\",\"port\":7000,\"nodePort\":30999}")));
    answers.put(NODE, node("n1", "", "192.168.7.1"));
    answers.put(NODES, nodes());

    assertThat(find().found().getFirst())
        .matches(c -> c.tcpPort() == 30_700 && c.udpPort() == 30_999);
  }

  @Test
  void passesServicesByThatLeadToAnotherPodOrPort() throws Exception {
    answers.put(POD, pod("{\"containerPort\":7000}"));
    answers.put(
        SERVICES,
        services(
            service("else", "NodePort", "{\"protocol\":\"TCP\",\"port\":7000,\"nodePort\":30700}")
                .replace("\"app\":\"ext\"", "\"app\":\"other\""),
            service("none", "NodePort", "{\"protocol\":\"TCP\",\"port\":7000,\"nodePort\":30700}")
                .replace("\"app\":\"ext\"", ""),
            service(
                "metrics", "NodePort", "{\"protocol\":\"TCP\",\"port\":9,\"nodePort\":30702}")));

    assertThat(find().found())
        .extracting(Candidate::rung)
        .containsExactly(Rung.POD, Rung.PORT_FORWARD);
  }

  @Test
  void asksAnApiServerForAllServicesThatKnowsNoTypeSelector() throws Exception {
    answers.put(POD, pod("{\"containerPort\":7000}"));
    refusals.put(SERVICES, 400);
    answers.put(
        ALL_SERVICES, services(service("ext", "NodePort", "{\"port\":7000,\"nodePort\":30700}")));
    answers.put(NODE, node("n1", "", "192.168.7.1"));
    answers.put(NODES, nodes());

    Candidates found = find();

    assertThat(found.missing()).isEmpty();
    assertThat(found.found().getFirst())
        .hasToString("node port 192.168.7.1:30700 of Service shop/ext on node n1");
  }

  @Test
  void findsTheBalancersAddressAndTheServicesOwnPort() throws Exception {
    answers.put(POD, pod("{\"containerPort\":7000}"));
    answers.put(
        SERVICES,
        services(
            service(
                    "lb",
                    "LoadBalancer",
                    """
                    {"protocol":"TCP","port":443,"targetPort":7000,"nodePort":30700},
                    {"protocol":"UDP","port":444,"targetPort":7000,"nodePort":30701}\
                    """)
                .replace(
                    "\"ingress\":[]",
                    "\"ingress\":[{\"ip\":\"198.51.100.7\"},{\"hostname\":\"no.such.name.invalid\"}]")));
    answers.put(NODE, node("n1", "", "192.168.7.1"));
    answers.put(NODES, nodes());

    Candidates found = find();

    assertThat(found.found().getFirst())
        .hasToString("load balancer 198.51.100.7:443 of Service shop/lb")
        .matches(c -> c.udpPort() == 444);
    assertThat(found.found().get(1).rung()).isEqualTo(Rung.NODE_PORT);
    assertThat(found.missing())
        .containsExactly(
            "the name of the load balancer of Service shop/lb does not resolve: no.such.name.invalid");
  }

  @Test
  void keepsTheReasonWhenServicesMayNotBeListedAndTakesTheHostPortFromThePodAlone()
      throws Exception {
    answers.put(
        POD,
        pod(
            """
            {"containerPort":7000,"hostPort":7443},
            {"containerPort":7000,"hostPort":7444,"protocol":"UDP"}\
            """));

    Candidates found = find();

    assertThat(found.found().getFirst())
        .hasToString("host port 192.168.7.1:7443 on node n1")
        .matches(c -> c.udpPort() == 7444);
    assertThat(found.missing())
        .hasSize(2)
        .anyMatch(m -> m.contains("kubectl auth can-i list services -n shop"))
        .anyMatch(m -> m.contains("kubectl auth can-i get nodes"));
  }

  @Test
  void asksNobodyElsesNodesWhereTrafficIsLocal() throws Exception {
    answers.put(POD, pod("{\"containerPort\":7000}"));
    answers.put(
        SERVICES,
        services(
            service("ext", "NodePort", "{\"protocol\":\"TCP\",\"port\":7000,\"nodePort\":30700}")
                .replace("\"type\"", "\"externalTrafficPolicy\":\"Local\",\"type\"")));
    answers.put(NODE, node("n1", "", "192.168.7.1"));

    Candidates found = find();

    assertThat(found.found().getFirst().tcp().getHostString()).isEqualTo("192.168.7.1");
    assertThat(found.missing()).isEmpty();
  }

  /** What is not in {@link #answers} is forbidden. */
  private Candidates find() throws Exception {
    try (StubApiServer server =
        StubApiServer.answering(path -> {
          String known = answers.get(path);
          return known == null
              ? new StubApiServer.Answer(
                  refusals.getOrDefault(path, 403),
                  "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"no\"}")
              : new StubApiServer.Answer(200, known);
        })) {
      ClusterChoice choice =
          new ClusterChoice(
              Optional.of(StubApiServer.kubeconfig(directory, server.url())),
              Optional.empty(),
              Optional.empty());
      try (ClusterApi api = ClusterApi.open(Map.of(), choice)) {
        return CandidateSearch.find(api, choice, "ext", 7000);
      }
    }
  }

  private static String pod(String ports) {
    return """
    {"apiVersion":"v1","kind":"Pod",
     "metadata":{"name":"ext","namespace":"shop","labels":{"app":"ext","tier":"net"}},
     "spec":{"nodeName":"n1","containers":[{"name":"c","ports":[%s]}]},
     "status":{"phase":"Running","podIP":"10.244.0.5","podIPs":[{"ip":"10.244.0.5"}],
      "hostIP":"192.168.7.1","hostIPs":[{"ip":"192.168.7.1"}]}}
    """
        .formatted(ports);
  }

  private static String service(String name, String type, String ports) {
    return """
    {"metadata":{"name":"%s","namespace":"shop"},
     "spec":{"type":"%s","selector":{"app":"ext"},"ports":[%s]},
     "status":{"loadBalancer":{"ingress":[]}}}
    """
        .formatted(name, type, ports);
  }

  private static String services(String... all) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"ServiceList\",\"items\":[%s]}"
        .formatted(String.join(",", all));
  }

  private static String node(String name, String outer, String inner) {
    String external =
        outer.isEmpty() ? "" : "{\"type\":\"ExternalIP\",\"address\":\"%s\"},".formatted(outer);
    return """
    {"apiVersion":"v1","kind":"Node","metadata":{"name":"%s"},
     "status":{"addresses":[%s{"type":"Hostname","address":"%s"},{"type":"InternalIP","address":"%s"}]}}
    """
        .formatted(name, external, name, inner);
  }

  private static String nodes(String... all) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"NodeList\",\"items\":[%s]}"
        .formatted(String.join(",", all));
  }
}
