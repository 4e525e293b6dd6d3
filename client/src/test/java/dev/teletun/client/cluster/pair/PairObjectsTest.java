package dev.teletun.client.cluster.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PairObjectsTest {
  private static final Map<String, String> KEYS =
      Map.of("server.key", "secret", "server.pub", "s", "client.pub", "c", "client.key", "own");

  @ParameterizedTest
  @EnumSource(Layout.class)
  void callsEverythingByThePairsNameAlone(Layout layout) {
    List<HasMetadata> objects = new PairObjects(spec(layout, "alice")).all(KEYS);

    assertThat(objects)
        .allSatisfy(object -> {
          assertThat(object.getMetadata().getName()).startsWith("alice");
          assertThat(object.getMetadata().getNamespace()).isEqualTo("dev");
          assertThat(object.getMetadata().getLabels())
              .containsEntry("app.kubernetes.io/name", "teletun")
              .containsEntry("app.kubernetes.io/instance", "alice");
        });
    // what another pair's pods or Service could be meant by
    assertThat(new PairObjects(spec(layout, "alice")).yaml())
        .doesNotContain("instance: \"teletun\"")
        .doesNotContain("\"teletun-");
  }

  @Test
  void putsThePairOnOneNodeByItsOwnLabels() {
    Pod external = (Pod) named("alice-external", Layout.PAIR);

    assertThat(
            external
                .getSpec()
                .getAffinity()
                .getPodAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getFirst()
                .getLabelSelector()
                .getMatchLabels())
        .containsEntry("app.kubernetes.io/instance", "alice")
        .containsEntry("app.kubernetes.io/component", "server-cluster");
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void givesTheKeysToServerExternalAndNobodyElse(Layout layout) {
    List<HasMetadata> objects = new PairObjects(spec(layout, "alice")).all(KEYS);

    assertThat(((Secret) objects.getFirst()).getData())
        .containsOnlyKeys("server.key", "server.pub", "client.pub");
    assertThat(
            objects.stream()
                .filter(Pod.class::isInstance)
                .flatMap(pod -> ((Pod) pod).getSpec().getVolumes().stream())
                .filter(volume -> volume.getSecret() != null))
        .singleElement()
        .satisfies(volume -> {
          assertThat(volume.getSecret().getSecretName()).isEqualTo("alice-keys");
          assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440);
        });
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void letsTheServiceSelectThePodThatIsDialled(Layout layout) {
    Service service = (Service) named("alice", layout);
    Pod dialled = (Pod) named(spec(layout, "alice").pods().getLast(), layout);

    assertThat(dialled.getMetadata().getLabels())
        .containsAllEntriesOf(service.getSpec().getSelector());
  }

  @Test
  void runsTheImageThatIsNamed() {
    PairSpec spec = new PairSpec(Layout.ONE_POD, "alice", "dev", Optional.of("registry/x:2"));

    Pod pod = (Pod) new PairObjects(spec).withoutKeys().getFirst();

    assertThat(pod.getSpec().getContainers())
        .extracting(container -> container.getImage())
        .containsExactly("registry/x:2", "registry/x:2");
  }

  @Test
  void noticesOtherKeysAndOtherImagesByTheDigest() {
    String before = contentOf(spec(Layout.PAIR, "alice"), KEYS);

    assertThat(contentOf(spec(Layout.PAIR, "alice"), KEYS)).isEqualTo(before);
    assertThat(
            contentOf(
                spec(Layout.PAIR, "alice"),
                Map.of("server.key", "x", "server.pub", "other", "client.pub", "c")))
        .isNotEqualTo(before);
    assertThat(
            contentOf(new PairSpec(Layout.PAIR, "alice", "dev", Optional.of("registry/x:2")), KEYS))
        .isNotEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void printsNoKey(Layout layout) {
    assertThat(new PairObjects(spec(layout, "alice")).yaml()).doesNotContain("kind: \"Secret\"");
  }

  private static String contentOf(PairSpec spec, Map<String, String> keys) {
    return new PairObjects(spec)
        .all(keys).stream()
            .filter(Pod.class::isInstance)
            .map(PairObjects::content)
            .findFirst()
            .orElseThrow();
  }

  private static HasMetadata named(String name, Layout layout) {
    return new PairObjects(spec(layout, "alice"))
        .withoutKeys().stream()
            .filter(object -> object.getMetadata().getName().equals(name))
            .findFirst()
            .orElseThrow();
  }

  private static PairSpec spec(Layout layout, String name) {
    return new PairSpec(layout, name, "dev", Optional.empty());
  }
}
