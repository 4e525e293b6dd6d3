package dev.teletun.client.cluster.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.access.InvokingUser;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bringing a pair up and taking it down, at an API server that keeps what it is given. */
@Timeout(60)
class PairUpDownTest {
  private static final String CORE = "/api/v1/namespaces/dev/";
  private static final String[] ALICES = {
    "Secret alice-keys",
    "Pod alice-cluster",
    "Pod alice-external",
    "NetworkPolicy alice-external",
    "Service alice"
  };

  @TempDir Path directory;
  private StoringApiServer cluster;
  private final Told told = new Told();

  @BeforeEach
  void open() throws Exception {
    cluster = StoringApiServer.open(directory);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void makesAllOfItAndNamesThePodToDial() throws Exception {
    assertThat(up("alice").pod()).isEqualTo("dev/alice-external");

    assertThat(cluster.names()).containsExactlyInAnyOrder(ALICES);
    assertThat(told.outcomes).last().isEqualTo("the pair is ready on node node-1");
  }

  @Test
  void changesNothingOfAPairThatIsAsItShouldBe() throws Exception {
    up("alice");
    List<String> changes = cluster.changes();

    up("alice");

    assertThat(cluster.changes()).isEqualTo(changes);
    assertThat(told.outcomes).contains("pair alice is there");
  }

  @Test
  void replacesThePodsOfAnotherVersionAndKeepsTheRest() throws Exception {
    up(spec("alice", "teletun:1"));
    Map<String, String> first = cluster.identities();

    up(spec("alice", "teletun:2"));

    Map<String, String> second = cluster.identities();
    assertThat(second).containsOnlyKeys(ALICES);
    assertThat(second.get("Pod alice-cluster")).isNotEqualTo(first.get("Pod alice-cluster"));
    assertThat(second.get("Pod alice-external")).isNotEqualTo(first.get("Pod alice-external"));
    assertThat(second)
        .containsEntry("Secret alice-keys", first.get("Secret alice-keys"))
        .containsEntry("Service alice", first.get("Service alice"));
    assertThat(told.steps)
        .contains("replacing what is not as it should be: Pod alice-cluster, Pod alice-external");
  }

  @Test
  void completesWhatIsLeftOfAPair() throws Exception {
    up("alice");
    Map<String, String> first = cluster.identities();
    cluster.delete("alice-cluster");
    cluster.delete("alice");

    up("alice");

    assertThat(cluster.identities())
        .containsOnlyKeys(ALICES)
        .containsEntry("Pod alice-external", first.get("Pod alice-external"));
    assertThat(told.outcomes)
        .contains("pair alice in namespace dev: made Pod alice-cluster, Service alice");
  }

  @Test
  void makesAPodAnewThatIsOver() throws Exception {
    up("alice");
    Map<String, String> first = cluster.identities();
    cluster.change(
        CORE + "pods/alice-cluster",
        Pod.class,
        pod -> new PodBuilder(pod).editStatus().withPhase("Failed").endStatus().build());

    up("alice");

    assertThat(cluster.identities().get("Pod alice-cluster"))
        .isNotEqualTo(first.get("Pod alice-cluster"));
  }

  @Test
  void touchesNothingOfSomebodyElsesPairBesideIt() throws Exception {
    up("alice-b");
    List<String> theirs = cluster.all();

    up("alice");
    up(spec("alice", "teletun:2"));
    assertThat(down("alice")).hasSize(5);

    assertThat(cluster.all()).isEqualTo(theirs);
  }

  @Test
  void doesWithoutAServiceThatItMayNotMakeAndSaysSo() throws Exception {
    cluster.refuse("POST .*/services", 403, "services is forbidden");

    assertThat(up("alice").pod()).isEqualTo("dev/alice-external");

    assertThat(told.warnings)
        .singleElement()
        .asString()
        .startsWith("going on without services: the API server")
        .contains("kubectl auth can-i create services -n dev");
  }

  @Test
  void saysWhatItHasMadeWhenItIsForbiddenTheRest() throws Exception {
    cluster.refuse("POST .*/pods", 403, "pods is forbidden");

    assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> up("alice"))
        .satisfies(e -> assertThat(e.refused()).isTrue())
        .withMessageContaining("create pods in namespace \"dev\" (403)");

    assertThat(cluster.names()).containsExactly("Secret alice-keys");
    assertThat(told.warnings)
        .containsExactly(
            "what was made until then stays: Secret alice-keys. Remove it with: teletun down -namespace=dev -name=alice");
  }

  @Test
  void saysWhatItHasTakenAwayWhenItCannotMakeTheNewOne() throws Exception {
    up(spec("alice", "teletun:1"));
    cluster.refuse("POST .*/pods", 500, "out of order");

    assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> up(spec("alice", "teletun:2")))
        .withMessageContaining("answered 500 to: create pods");

    assertThat(told.warnings)
        .containsExactly(
            "what was removed to be made anew is not there: Pod alice-cluster, Pod alice-external. Try again with: teletun up; or remove the rest with: teletun down -namespace=dev -name=alice");
  }

  @Test
  void saysThatANameIsTaken() throws Exception {
    cluster.put(
        CORE + "pods/alice-cluster",
        new PodBuilder()
            .withNewMetadata()
            .withName("alice-cluster")
            .withNamespace("dev")
            .withUid("1")
            .addToLabels("app", "other")
            .endMetadata()
            .build());

    assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> up("alice"))
        .withMessage(
            "pods alice-cluster is in namespace \"dev\" already, and not as one of pair alice: somebody else's, or just made by another teletun up. See: kubectl get pods alice-cluster -n dev --show-labels; or take other names with -name=NAME");
  }

  @Test
  void removesWhatItMayAndSaysWhatIsLeft() throws Exception {
    up("alice");
    cluster.refuse("DELETE .*/secrets/.*", 403, "secrets is forbidden");

    assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> down("alice"))
        .satisfies(e -> assertThat(e.refused()).isTrue())
        .withMessageContaining("delete secrets in namespace \"dev\" (403)")
        .withMessageEndingWith("Still there: Secret alice-keys");

    assertThat(cluster.names()).containsExactly("Secret alice-keys");
  }

  @Test
  void removesTheHalfOfAPairTwice() throws Exception {
    up("alice");
    cluster.delete("alice-external");

    assertThat(down("alice")).contains("Pod alice-cluster", "Secret alice-keys");
    assertThat(down("alice")).isEmpty();
  }

  @Test
  void removesTheRestWhereAKindMayNotBeListed() throws Exception {
    up("alice");
    cluster.refuse("GET .*/networkpolicies", 403, "networkpolicies is forbidden");

    assertThat(down("alice")).hasSize(4);

    assertThat(told.warnings)
        .singleElement()
        .asString()
        .startsWith("not looked for: ")
        .contains("kubectl auth can-i list networkpolicies -n dev");
  }

  private Deployed up(String name) throws Exception {
    return up(new PairSpec(Layout.PAIR, name, "dev", Optional.empty()));
  }

  private Deployed up(PairSpec spec) throws Exception {
    InvokingUser user = new InvokingUser("alice", Optional.empty(), directory, Map.of());
    try (ClusterApi api = cluster.api()) {
      return new PairUp(api, spec, told).run(PairKeys.of(user, api));
    }
  }

  private List<String> down(String name) throws Exception {
    try (ClusterApi api = cluster.api()) {
      return new PairDown(api, new PairSpec(Layout.PAIR, name, "dev", Optional.empty()), told)
          .run();
    }
  }

  private static PairSpec spec(String name, String image) {
    return new PairSpec(Layout.PAIR, name, "dev", Optional.of(image));
  }
}
