package dev.teletun.client.cluster.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.client.cluster.access.ClusterChoice;
import dev.teletun.client.cluster.access.StubApiServer;
import dev.teletun.lab.api.ApiServer;
import dev.teletun.protocol.address.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ClusterPrefixesTest implements ClusterPrefixes.Listener {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<InetAddress> POD = List.of(Addresses.parse("10.244.3.7"));
  private static final List<InetAddress> DNS = List.of(Addresses.parse("10.96.0.10"));
  private static final String SERVICE_CIDRS = "/apis/networking.k8s.io/v1/servicecidrs";
  private static final String OLD_SERVICE_CIDRS = "/apis/networking.k8s.io/v1beta1/servicecidrs";
  private static final String CONFIG_MAPS = "/api/v1/namespaces/kube-system/configmaps";
  private static final String NODES = "/api/v1/nodes";
  private static final String SERVICES = "/api/v1/services";
  private static final String PODS = "/api/v1/pods";
  private static final String NAMESPACES = "/api/v1/namespaces";
  private static final String COMPONENTS = "/api/v1/namespaces/kube-system/pods";
  private static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";

  @TempDir Path directory;
  private final List<String> events = new CopyOnWriteArrayList<>();
  private ApiServer api;
  private @Nullable ClusterPrefixes following;

  @BeforeEach
  void open() throws IOException {
    api = ApiServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    List.of(CONFIG_MAPS, NODES, SERVICES, PODS, SLICES, NAMESPACES).forEach(api::know);
  }

  @AfterEach
  void close() {
    prefixes().close();
    api.close();
  }

  @Override
  public void changed() {}

  @Override
  public void event(String what) {
    events.add(what);
  }

  @Test
  void believesTheServiceCidrApiAndTheNodes() throws Exception {
    api.put(
        SERVICE_CIDRS, "kubernetes", "\"spec\":{\"cidrs\":[\"10.96.0.0/16\",\"fd00:96::/112\"]}");
    node("a", "10.244.2.0/24");
    node("b", "10.244.3.0/24");

    ClusterView view = begin(false);

    assertThat(view.prefixes())
        .extracting(p -> p.prefix() + " " + p.source() + " " + p.confidence())
        .containsExactly(
            "10.96.0.0/16 ServiceCIDR API HIGH",
            "fd00:96::/112 ServiceCIDR API HIGH",
            "10.244.2.0/23 the nodes' podCIDRs HIGH");
    assertThat(api.asked()).noneMatch(path -> path.startsWith(SERVICES) || path.startsWith(PODS));
  }

  @Test
  void asksForServiceCidrsInTheOlderVersionToo() throws Exception {
    api.put(OLD_SERVICE_CIDRS, "kubernetes", "\"spec\":{\"cidrs\":[\"10.96.0.0/16\"]}");

    assertThat(begin(false).prefixes())
        .extracting(LearnedPrefix::source)
        .contains("ServiceCIDR API");
  }

  @Test
  void readsTheConfigurationOfKubeadmWhereThereAreNoServiceCidrs() throws Exception {
    api.put(
        CONFIG_MAPS,
        "kube-system/kubeadm-config",
        "\"data\":{\"ClusterConfiguration\":\"networking:\\n  podSubnet: 10.244.0.0/16\\n  serviceSubnet: 10.96.0.0/12,fd00:96::/112\\n\"}");

    assertThat(begin(false).prefixes())
        .extracting(p -> p.prefix() + " " + p.source())
        .containsExactly(
            "10.96.0.0/12 kubeadm-config",
            "fd00:96::/112 kubeadm-config",
            "10.244.0.0/16 kubeadm-config");
  }

  @Test
  void readsTheFlagsOfTheControlPlaneWhereItRunsInPods() throws Exception {
    api.put(
        COMPONENTS,
        "kube-system/kube-apiserver-a",
        """
        "spec":{"containers":[{"name":"kube-apiserver","command":["kube-apiserver",
          "--advertise-address=192.168.64.2","--service-cluster-ip-range=10.96.0.0/16,fd00:96::/112"]}]}
        """);
    api.put(
        COMPONENTS,
        "kube-system/kube-controller-manager-a",
        """
        "spec":{"containers":[{"name":"kube-controller-manager","command":["kube-controller-manager"],
          "args":["--allocate-node-cidrs=true","--cluster-cidr","10.244.0.0/16"]}]}
        """);

    assertThat(begin(false).prefixes())
        .extracting(p -> p.prefix() + " " + p.source() + " " + p.confidence())
        .containsExactlyInAnyOrder(
            "10.96.0.0/16 the API server's flags HIGH",
            "fd00:96::/112 the API server's flags HIGH",
            "10.244.0.0/16 the controller manager's flags HIGH");
    assertThat(api.asked()).noneMatch(path -> path.startsWith(PODS));
  }

  @Test
  void readsThePoolsOfCalicoThatAreInUse() throws Exception {
    node("a", "192.168.64.0/24");
    api.put(
        "/apis/crd.projectcalico.org/v1/ippools",
        "default-ipv4-ippool",
        "\"spec\":{\"allowedUses\":[\"Workload\",\"Tunnel\"],\"blockSize\":26,\"cidr\":\"10.244.0.0/18\",\"ipipMode\":\"Always\",\"nodeSelector\":\"all()\"}");
    api.put(
        "/apis/crd.projectcalico.org/v1/ippools",
        "old",
        "\"spec\":{\"cidr\":\"172.20.0.0/16\",\"disabled\":true}");

    assertThat(begin(false).prefixes())
        .extracting(p -> p.prefix() + " " + p.source() + " " + p.confidence())
        .contains("10.244.0.0/18 Calico's IPPools HIGH")
        .noneMatch(p -> p.startsWith("172.20"));
  }

  @Test
  void readsTheBlocksOfCiliumsNodes() throws Exception {
    node("a", "192.168.64.0/24");
    api.put(
        "/apis/cilium.io/v2/ciliumnodes",
        "a",
        "\"spec\":{\"addresses\":[{\"ip\":\"192.168.64.2\",\"type\":\"InternalIP\"}],\"ipam\":{\"podCIDRs\":[\"10.244.3.0/24\"],\"pools\":{}}}");
    api.put(
        "/apis/cilium.io/v2/ciliumnodes",
        "b",
        "\"spec\":{\"ipam\":{\"podCIDRs\":[\"10.244.9.0/24\"]}}");

    assertThat(begin(false).prefixes())
        .extracting(p -> p.prefix() + " " + p.source() + " " + p.confidence())
        .contains(
            "10.244.3.0/24 Cilium's CiliumNodes HIGH", "10.244.9.0/24 Cilium's CiliumNodes HIGH");
  }

  @Test
  void widensWhatItObservesWhereNobodySaysPrefixes() throws Exception {
    service("shop/web", "10.96.130.4");
    pod("shop/web-1", "10.244.3.9");
    node("a", "192.168.64.0/24");

    ClusterView view = begin(false);

    assertThat(view.prefixes())
        .extracting(p -> p.prefix() + " " + p.source() + " " + p.confidence())
        .containsExactlyInAnyOrder(
            "10.96.0.0/20 observed Services LOW",
            "10.96.128.0/20 observed Services LOW",
            "10.244.3.0/24 observed pods LOW");
    assertThat(view.skipped()).anyMatch(s -> s.toString().contains("192.168.64.0/24"));
  }

  @Test
  void takesPodsFromEndpointSlicesIfItMayNotListPods() throws Exception {
    api.refuse(PODS, 403);
    api.put(
        SLICES,
        "shop/web-x",
        "\"endpoints\":[{\"addresses\":[\"10.244.9.9\"],\"targetRef\":{\"kind\":\"Pod\"}},{\"addresses\":[\"192.168.7.7\"]}]");

    assertThat(begin(true).hosts()).containsExactly(Addresses.parse("10.244.9.9"));
  }

  @Test
  void readsListsPageByPage() throws Exception {
    for (int i = 0; i < 1100; i++) {
      service("shop/s" + i, "10.96.%d.%d".formatted(i / 250, i % 250 + 1));
    }

    assertThat(begin(true).hosts()).hasSize(1100);
    assertThat(api.asked())
        .filteredOn(p -> p.startsWith(SERVICES) && p.contains("limit"))
        .hasSize(3);
  }

  @Test
  void listsAnewWhenAListExpiresHalfWay() throws Exception {
    for (int i = 0; i < 600; i++) {
      service("shop/s" + i, "10.96.%d.%d".formatted(i / 250, i % 250 + 1));
    }
    api.expireNextPage();

    assertThat(begin(true).hosts()).hasSize(600);
    assertThat(api.asked())
        .filteredOn(p -> p.startsWith(SERVICES) && p.contains("limit"))
        .hasSize(4);
    assertThat(events).isEmpty();
  }

  @Test
  void followsWhatIsCreatedAndDeleted() throws Exception {
    service("shop/web", "10.96.0.7");
    begin(true);

    service("shop/db", "10.96.0.8");
    until(() -> hosts().contains(Addresses.parse("10.96.0.8")));
    api.delete(SERVICES, "shop/web");
    until(() -> !hosts().contains(Addresses.parse("10.96.0.7")));
    api.put(SERVICES, "shop/db", "\"spec\":{\"clusterIP\":\"None\"}");
    until(() -> hosts().isEmpty());

    assertThat(view().skipped()).anyMatch(s -> s.toString().contains("headless"));
  }

  @Test
  void followsNamespaces() throws Exception {
    api.put(NAMESPACES, "shop", "\"status\":{\"phase\":\"Active\"}");
    assertThat(begin(false).namespaces()).containsExactly("shop");

    api.put(NAMESPACES, "office", "\"status\":{\"phase\":\"Active\"}");
    until(() -> view().namespaces().equals(Set.of("shop", "office")));
    api.delete(NAMESPACES, "shop");
    until(() -> view().namespaces().equals(Set.of("office")));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 429, 500, 503})
  void keepsWhatItKnowsWhileItIsRefusedAndConvergesThen(int status) throws Exception {
    service("shop/web", "10.96.0.7");
    begin(true);

    api.refuse(status);
    until(() -> !events.isEmpty());
    service("shop/db", "10.96.0.8");
    assertThat(hosts()).containsExactly(Addresses.parse("10.96.0.7"));
    api.recover();

    until(() -> hosts().size() == 2);
    assertThat(events).filteredOn(e -> e.contains("Routes stay")).hasSizeLessThanOrEqualTo(5);
    assertThat(events.toString()).doesNotContain("secret-token");
  }

  @Test
  void listsAnewWhenAWatchCannotGoOn() throws Exception {
    service("shop/web", "10.96.0.7");
    begin(true);

    api.refuse(503);
    until(() -> !events.isEmpty());
    api.delete(SERVICES, "shop/web");
    service("shop/db", "10.96.0.8");
    api.forgetHistory();
    api.recover();

    until(() -> hosts().equals(Set.of(Addresses.parse("10.96.0.8"))));
  }

  @Test
  void goesOnWithAnApiServerThatWasAway() throws Exception {
    service("shop/web", "10.96.0.7");
    begin(true);
    int port = api.port();

    api.close();
    until(() -> prefixes().trouble().isPresent());
    assertThat(hosts()).containsExactly(Addresses.parse("10.96.0.7"));
    api = ApiServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    List.of(CONFIG_MAPS, NODES, PODS, NAMESPACES).forEach(api::know);
    for (int i = 0; i < 10; i++) { // its versions are not those of the other
      service("shop/db", "10.96.0.8");
    }
    api.forgetHistory();

    until(() -> hosts().equals(Set.of(Addresses.parse("10.96.0.8"))));
    assertThat(prefixes().trouble()).isEmpty();
    assertThat(events).hasSize(2);
  }

  @Test
  void doesNotWaitForAnApiServerThatHangs() throws Exception {
    api.hang(true);

    ClusterView view = begin(false, Duration.ofMillis(300));

    assertThat(view.prefixes()).extracting(LearnedPrefix::confidence).containsOnly(Confidence.LOW);
    service("shop/web", "10.100.0.7");
    api.recover();
    until(() -> view().prefixes().toString().contains("10.100.0.0/20"));
  }

  @Test
  void saysWhatIsRefusedWhenNothingMayBeListed() throws Exception {
    api.refuse(403);

    begin(true);

    assertThat(prefixes().state()).hasSize(10).allMatch(s -> s.endsWith("refused (403)"));
    assertThat(prefixes().trouble()).isEmpty();
  }

  private void node(String name, String cidr) {
    api.put(
        NODES, name, "\"spec\":{\"podCIDR\":\"%s\",\"podCIDRs\":[\"%s\"]}".formatted(cidr, cidr));
  }

  private void service(String name, String ip) {
    api.put(
        SERVICES,
        name,
        "\"spec\":{\"clusterIP\":\"%s\",\"clusterIPs\":[\"%s\"]}".formatted(ip, ip));
  }

  private void pod(String name, String ip) {
    api.put(
        PODS,
        name,
        "\"spec\":{},\"status\":{\"phase\":\"Running\",\"podIPs\":[{\"ip\":\"%s\"}]}"
            .formatted(ip));
  }

  private ClusterView begin(boolean withHosts) throws IOException {
    return begin(withHosts, PATIENCE);
  }

  private ClusterView begin(boolean withHosts, Duration patience) throws IOException {
    Path kubeconfig = StubApiServer.kubeconfig(directory, "http://127.0.0.1:" + api.port());
    ClusterChoice choice =
        new ClusterChoice(Optional.of(kubeconfig), Optional.empty(), Optional.empty());
    following = ClusterPrefixes.begin(choice, this);
    return prefixes().await(POD, DNS, withHosts, patience);
  }

  private ClusterPrefixes prefixes() {
    return Objects.requireNonNull(following);
  }

  private ClusterView view() {
    return prefixes().view(POD, DNS, true);
  }

  private Set<InetAddress> hosts() {
    return view().hosts();
  }

  private void until(BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s; %s", view(), events).isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
