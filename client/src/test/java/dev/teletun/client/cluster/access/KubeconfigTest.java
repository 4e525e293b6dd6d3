package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
  @TempDir Path directory;
  private Path good = Path.of("");

  @BeforeEach
  void writeAGoodOne() throws IOException {
    good = StubApiServer.kubeconfig(directory, "https://far.example:6443");
  }

  @Test
  void prefersTheGivenFileToTheEnvironment() throws Exception {
    Config config = load(Map.of("KUBECONFIG", "/nowhere"), Optional.of(good));

    assertThat(config.getMasterUrl()).startsWith("https://far.example:6443");
    assertThat(config.getNamespace()).isEqualTo("shop");
  }

  @Test
  void skipsFilesOfTheListThatDoNotExist() throws Exception {
    Config config = load(Map.of("KUBECONFIG", "/nowhere:" + good), Optional.empty());

    assertThat(config.getNamespace()).isEqualTo("shop");
  }

  @Test
  void fallsBackToTheHomeDirectory() throws Exception {
    Files.createDirectory(directory.resolve(".kube"));
    Files.move(good, directory.resolve(".kube/config"));

    Config config = load(Map.of("HOME", directory.toString()), Optional.empty());

    assertThat(config.getNamespace()).isEqualTo("shop");
  }

  @Test
  void namesTheMissingFileAndTheOptions() {
    failure(Map.of("HOME", "/nowhere"), Optional.empty())
        .withMessageContaining("no kubeconfig at /nowhere/.kube/config")
        .withMessageContaining("-kubeconfig=FILE");
    failure(Map.of("KUBECONFIG", "/a:/b"), Optional.empty()).withMessageContaining("/a:/b");
    failure(Map.of(), Optional.of(Path.of("/c"))).withMessageContaining("no kubeconfig at /c");
  }

  @Test
  void pointsToTheCallersFileUnderSudo() {
    failure(Map.of("HOME", "/nowhere", "SUDO_USER", "alice"), Optional.empty())
        .withMessageContaining("-kubeconfig=~alice/.kube/config");
  }

  @Test
  void refusesADirectory() {
    failure(Map.of(), Optional.of(directory)).withMessageContaining("ls -l " + directory);
  }

  @Test
  void refusesWhatIsNoKubeconfig() throws IOException {
    Files.writeString(good, "{[");

    failure(Map.of(), Optional.of(good)).withMessageContaining("cannot use kubeconfig " + good);
  }

  @Test
  void saysWhereAKubeconfigIsBrokenAndShowsNothingOfIt() throws IOException {
    edit("token:", "token: \"\"");

    failure(Map.of(), Optional.of(good))
        .withMessageMatching(
            "cannot use kubeconfig \\S+: .* in line \\d+, column \\d+\\. Check it with: kubectl --kubeconfig=\\S+ config view")
        .withMessageNotContaining("secret");
  }

  @Test
  void listsTheContextsWhenTheCurrentOneIsUnknown() throws IOException {
    edit("current-context: staging", "current-context: production");

    failure(Map.of(), Optional.of(good))
        .withMessageContaining("no context \"production\"")
        .withMessageContaining("It knows staging")
        .withMessageContaining("-context=NAME");
  }

  @Test
  void saysThatNoContextIsCurrent() throws IOException {
    edit("current-context: staging\n", "");

    failure(Map.of(), Optional.of(good)).withMessageContaining("no current context");
  }

  @Test
  void namesTheClusterThatAContextLacks() throws IOException {
    edit("cluster: far,", "cluster: near,");

    failure(Map.of(), Optional.of(good)).withMessageContaining("unknown cluster \"near\"");
  }

  @Test
  void takesTheProxiesOfTheEnvironment() throws Exception {
    Config config =
        load(Map.of("https_proxy", "http://proxy:3128", "NO_PROXY", "a,b"), Optional.of(good));

    assertThat(config.getHttpsProxy()).isEqualTo("http://proxy:3128");
    assertThat(config.getNoProxy()).containsExactly("a", "b");
  }

  @Test
  void takesAClientKeyThatIsNotRsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    String pem =
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(
                Base64.getMimeEncoder()
                    .encodeToString(generator.generateKeyPair().getPrivate().getEncoded()));
    edit(
        "token: secret-token",
        "client-key-data: %s"
            .formatted(Base64.getEncoder().encodeToString(pem.getBytes(US_ASCII))));

    assertThat(load(Map.of(), Optional.of(good)).getClientKeyAlgo()).isEqualTo("EC");
  }

  private void edit(String before, String after) throws IOException {
    Files.writeString(good, Files.readString(good).replace(before, after));
  }

  private static ThrowableAssertAlternative<ClusterException> failure(
      Map<String, String> environment, Optional<Path> given) {
    return assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> load(environment, given));
  }

  private static Config load(Map<String, String> environment, Optional<Path> given)
      throws ClusterException {
    return new Kubeconfig(InvokingUser.of(environment)).load(choice(given)).config();
  }

  private static ClusterChoice choice(Optional<Path> kubeconfig) {
    return new ClusterChoice(kubeconfig, Optional.empty(), Optional.empty());
  }
}
