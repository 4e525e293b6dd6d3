package dev.teletun.client.cluster.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.teletun.client.cluster.pair.Right.Use;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RightTest {
  @Test
  void smallGrantsWhatConnectingUses() {
    assertThat(granted("small", Role.class)).isEqualTo(used(Use.CONNECT));
    assertThat(granted("small", ClusterRole.class)).isEmpty();
  }

  @Test
  void fullGrantsWhatEverythingUsesAndNoMore() {
    assertThat(granted("full", Role.class)).isEqualTo(used(Use.CONNECT, Use.UP));
    assertThat(granted("full", ClusterRole.class)).isEqualTo(used(Use.FACTS));
  }

  @Test
  void printsItForANamespaceAndSomeUsers() {
    String printed = Rbac.print("small", "dev", List.of("alice@example.com", "system:bob"));

    RoleBinding binding =
        objects(printed)
            .filter(RoleBinding.class::isInstance)
            .map(RoleBinding.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(binding.getMetadata().getNamespace()).isEqualTo("dev");
    assertThat(binding.getSubjects())
        .extracting(subject -> subject.getName())
        .containsExactly("alice@example.com", "system:bob");
    assertThat(printed).doesNotContain("developer").contains("# get for a WebSocket");
  }

  @Test
  void takesNoUserThatCouldWriteYaml() {
    assertThatIllegalArgumentException().isThrownBy(() -> Rbac.checkUser("a\"}\nkind: x"));
  }

  private static Set<String> granted(String size, Class<? extends HasMetadata> kind) {
    return objects(PairObjects.text("rbac/%s.yaml".formatted(size)))
        .filter(kind::isInstance)
        .flatMap(RightTest::rules)
        .flatMap(RightTest::atoms)
        .collect(TreeSet::new, Collection::add, Collection::addAll);
  }

  private static Stream<PolicyRule> rules(HasMetadata role) {
    return switch (role) {
      case Role r -> r.getRules().stream();
      case ClusterRole r -> r.getRules().stream();
      default -> Stream.empty();
    };
  }

  private static Stream<String> atoms(PolicyRule rule) {
    String names = String.join(" ", rule.getResourceNames());
    return rule.getApiGroups().stream()
        .flatMap(group ->
            rule.getResources().stream()
                .flatMap(resource ->
                    rule.getVerbs().stream()
                        .map(verb -> "%s/%s/%s %s".formatted(group, resource, names, verb))));
  }

  private static Set<String> used(Use... uses) {
    return Right.of(List.of(uses))
        .flatMap(right ->
            right.verbs().stream()
                .map(verb ->
                    "%s/%s/%s %s"
                        .formatted(right.group(), right.resource(), right.objectName(), verb)))
        .collect(TreeSet::new, Collection::add, Collection::addAll);
  }

  private static Stream<HasMetadata> objects(String yaml) {
    KubernetesSerialization reader = new KubernetesSerialization();
    return Stream.of(yaml.split("(?m)^---$", -1)).map(document -> reader.unmarshal(document));
  }
}
