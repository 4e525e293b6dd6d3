package dev.teletun.client.cluster.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestsTest {
  private static final Path DEPLOY = Path.of("../deploy");
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final Pattern NEXT_DOCUMENT = Pattern.compile("(?m)^---.*$");
  private static final int OWNER_AND_GROUP = 0440;

  @Test
  void namesOneImageOfThisVersion() throws IOException {
    Matcher version =
        Pattern.compile("<version>([^<]*)").matcher(Files.readString(Path.of("../pom.xml")));

    assertThat(version.find()).isTrue();
    assertThat(containers().map(Container::getImage).distinct())
        .containsExactly("localhost/teletun:" + version.group(1));
  }

  @Test
  void labelsEverythingAlike() throws IOException {
    for (String file :
        List.of(
            "pair/pair.yaml",
            "one-pod/one-pod.yaml",
            "service/node-port.yaml",
            "service/load-balancer.yaml",
            "rbac/small.yaml",
            "rbac/full.yaml",
            "overlays/restricted-pvc/external/claim.yaml",
            "overlays/restricted-pvc/cluster/claim.yaml")) {
      assertThat(read(file))
          .isNotEmpty()
          .allSatisfy(object -> {
            assertThat(object.getMetadata().getName()).startsWith("teletun");
            assertThat(object.getMetadata().getNamespace()).isNull();
            assertThat(object.getMetadata().getLabels())
                .containsEntry("app.kubernetes.io/name", "teletun")
                .containsEntry("app.kubernetes.io/instance", "teletun");
          });
    }
  }

  @Test
  void givesServerClusterNetAdminAndNobodyAnythingElse() throws IOException {
    assertThat(containers())
        .hasSize(4)
        .allSatisfy(container -> {
          SecurityContext rights = container.getSecurityContext();
          assertThat(rights.getAllowPrivilegeEscalation()).isFalse();
          assertThat(rights.getReadOnlyRootFilesystem()).isTrue();
          assertThat(rights.getPrivileged()).isNull();
          assertThat(rights.getCapabilities().getDrop()).containsExactly("ALL");
          if (container.getName().equals("server-cluster")) {
            assertThat(rights.getCapabilities().getAdd()).containsExactly("NET_ADMIN");
          } else {
            assertThat(rights.getCapabilities().getAdd()).isEmpty();
          }
        });
    assertThat(pods().map(Pod::getSpec))
        .allSatisfy(pod -> {
          assertThat(pod.getAutomountServiceAccountToken()).isFalse();
          assertThat(pod.getHostNetwork()).isNull();
          assertThat(pod.getHostPID()).isNull();
          assertThat(pod.getInitContainers()).isEmpty();
          assertThat(pod.getSecurityContext().getSeccompProfile().getType())
              .isEqualTo("RuntimeDefault");
        });
  }

  @Test
  void letsServerExternalPassRestrictedButForItsHostPath() throws IOException {
    PodSpec external = pod("teletun-external").getSpec();

    assertThat(external.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(external.getSecurityContext().getRunAsUser()).isNotZero();
    assertThat(external.getContainers())
        .flatExtracting(Container::getPorts)
        .allSatisfy(port -> assertThat(port.getHostPort()).isNull());
    assertThat(external.getVolumes().stream().filter(volume -> volume.getHostPath() != null))
        .singleElement()
        .satisfies(volume -> assertThat(volume.getName()).isEqualTo("shared"));
  }

  @Test
  void hasNoHostPathInOnePodButTheDevice() throws IOException {
    PodSpec onePod = pod("teletun-one-pod").getSpec();

    assertThat(onePod.getVolumes().stream().filter(volume -> volume.getHostPath() != null))
        .singleElement()
        .satisfies(v -> assertThat(v.getHostPath().getPath()).isEqualTo("/dev/net/tun"));
    assertThat(onePod.getAffinity()).isNull();
    assertThat(onePod.getContainers().getFirst().getArgs()).contains("-keep-port=7000");
    assertThat(onePod.getContainers().get(1).getArgs()).contains("-port=7000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"teletun-external", "teletun-one-pod"})
  void showsTheKeyToTheGroupAndNotToOthers(String name) throws IOException {
    PodSpec pod = pod(name).getSpec();

    assertThat(pod.getSecurityContext().getFsGroup()).isEqualTo(65_534L);
    assertThat(pod.getVolumes().stream().filter(volume -> volume.getSecret() != null))
        .singleElement()
        .satisfies(volume -> {
          assertThat(volume.getSecret().getSecretName()).isEqualTo("teletun-keys");
          assertThat(volume.getSecret().getDefaultMode()).isEqualTo(OWNER_AND_GROUP);
        });
  }

  @Test
  void probesServerClusterFromInsideItsContainer() throws IOException {
    assertThat(containers().filter(container -> container.getName().equals("server-cluster")))
        .allSatisfy(container -> {
          assertThat(container.getStartupProbe().getExec()).isNotNull();
          assertThat(container.getLivenessProbe()).isNull();
          assertThat(container.getReadinessProbe()).isNull();
        });
  }

  @Test
  void differsBetweenItsServicesByTypeAlone() throws IOException {
    String nodePort = Files.readString(DEPLOY.resolve("service/node-port.yaml"));

    assertThat(read("service/load-balancer.yaml"))
        .isEqualTo(parse(nodePort.replace("type: NodePort", "type: LoadBalancer")));
  }

  @Test
  void namesFilesThatAreThereInEveryKustomization() throws IOException {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      List<Path> all =
          files.filter(file -> file.getFileName().toString().equals("kustomization.yaml")).toList();
      assertThat(all).hasSizeGreaterThan(8);
      for (Path file : all) {
        Matcher resources =
            Pattern.compile("(?m)^resources: \\[(.*)]$").matcher(Files.readString(file));
        assertThat(resources.find()).as(file.toString()).isTrue();
        assertThat(resources.group(1).split(", *", -1))
            .allSatisfy(name -> assertThat(file.resolveSibling(name).normalize()).exists());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pair.yaml, pair/pair.yaml",
    "one-pod.yaml, one-pod/one-pod.yaml",
    "service.yaml, service/node-port.yaml"
  })
  void makesAChartThatSaysTheSame(String template, String manifest, @TempDir Path directory)
      throws Exception {
    Process chart =
        new ProcessBuilder(DEPLOY.resolve("chart").toString(), directory.toString())
            .inheritIO()
            .start();
    assertThat(chart.waitFor()).isZero();

    String text = Files.readString(directory.resolve("teletun/templates/" + template));

    assertThat(parse(asHelmWould(text, directory.resolve("teletun/values.yaml"))))
        .isEqualTo(read(manifest));
  }

  /** What the template engine makes of the few actions that the chart has, for the values alone. */
  private static String asHelmWould(String template, Path values) throws IOException {
    String text =
        template
            .replaceAll("(?m)^\\{\\{- .*}}\n", "")
            .replaceAll("\\{\\{ \\.Values\\.keys [^}]*}}", "teletun-keys")
            .replace("{{ .Release.Name }}", "teletun");
    Matcher value = Pattern.compile("(?m)^(\\w+): (.*)$").matcher(Files.readString(values));
    while (value.find()) {
      text =
          text.replaceAll(
              "\\{\\{ \\.Values\\.%s( \\| quote)? }}".formatted(value.group(1)), value.group(2));
    }
    assertThat(text).doesNotContain("{{");
    return text;
  }

  private static Pod pod(String name) throws IOException {
    return pods().filter(pod -> pod.getMetadata().getName().equals(name)).findFirst().orElseThrow();
  }

  private static Stream<Container> containers() throws IOException {
    return pods().flatMap(pod -> pod.getSpec().getContainers().stream());
  }

  private static Stream<Pod> pods() throws IOException {
    return Stream.of(read("pair/pair.yaml"), read("one-pod/one-pod.yaml"))
        .flatMap(List::stream)
        .filter(Pod.class::isInstance)
        .map(Pod.class::cast);
  }

  private static List<HasMetadata> read(String file) throws IOException {
    return parse(Files.readString(DEPLOY.resolve(file)));
  }

  private static List<HasMetadata> parse(String text) {
    return NEXT_DOCUMENT
        .splitAsStream(text)
        .map(document -> (HasMetadata) YAML.unmarshal(document))
        .toList();
  }
}
