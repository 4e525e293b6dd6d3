package dev.teletun.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.lab.topology.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each way of working does with exactly the rights that {@code teletun rbac} prints for it. */
@Tag("cluster")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RightsIT {
  private static final Pattern CONNECTED = Pattern.compile("^connected as ");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern RULE =
      Pattern.compile(
          "(?m)^  - \\{apiGroups: \\[([^]]*)], resources: \\[([^]]*)],(?: resourceNames: \\[([^]]*)],)? verbs: \\[([^]]*)]}");

  private Path directory;
  private RealCluster cluster;
  private Kubeconfigs kubeconfigs;

  @BeforeAll
  void open(@TempDir Path scratch) throws IOException {
    directory = scratch;
    cluster = RealCluster.empty("lease-rights");
    kubeconfigs = new Kubeconfigs(cluster, directory);
  }

  @AfterAll
  void close() throws IOException {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void fullBringsUpAndDownAndSmallConnects() throws IOException {
    String full = granted("full", "fully");
    String small = granted("small", "slightly");
    Path runs = directory.resolve("runs");
    try {
      assertThat(listed("fully")).isEqualTo(printed(full));
      assertThat(listed("slightly")).isEqualTo(printed(small));
      Path fully = kubeconfigs.withPlugin(plugin(runs, kubeconfigs.token("fully")));

      String up = connect("up", "-name=lease-r", "-kubeconfig=" + fully);

      assertThat(up).doesNotContain("may not");
      assertThat(Files.readAllLines(runs)).containsExactly("run");
      assertThat(cluster.field("lease/lease-r", ".spec.leaseTransitions")).isEqualTo("0");
      connectSlightly(keysOf(up));
      cluster.teletun("down", "-name=lease-r", "-kubeconfig=" + fully).orThrow();
    } finally {
      cluster.host().runWithInput(full, "kubectl", "delete", "-f", "-").orThrow();
      cluster.host().runWithInput(small, "kubectl", "delete", "-f", "-").orThrow();
    }
  }

  private void connectSlightly(Path keys) throws IOException {
    String said =
        connect(
            "client",
            "-pod=%s/lease-r-external".formatted(cluster.namespace()),
            "-port=7000",
            "-server-pubkey=" + keys.resolve("server.pub"),
            "-client-pubkey=" + keys.resolve("client.pub"),
            "-client-privkey=" + keys.resolve("client.key"),
            "-kubeconfig=" + kubeconfigs.ofAccount("slightly"));

    assertThat(said).contains("may not: ").doesNotContain("is found by itself");
  }

  /** Where up keeps them, which the state directory of this test makes sure of. */
  private Path keysOf(String up) throws IOException {
    assertThat(up).contains("connected as ");
    try (Stream<Path> made = Files.list(directory.resolve("state/teletun/keys"))) {
      return made.findFirst().orElseThrow();
    }
  }

  private String connect(String... words) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "env",
                "XDG_STATE_HOME=" + directory.resolve("state"),
                RealCluster.TELETUN.toString()));
    line.addAll(List.of(words));
    line.add("-namespace=" + cluster.namespace());
    try (RunningProgram program = cluster.host().start(line.toArray(String[]::new))) {
      assertThat(program.awaitLine(CONNECTED, LIMIT)).isNotEmpty();
      return program.output();
    }
  }

  private static String plugin(Path runs, String token) {
    return """
    echo run >>%s
    echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}'
    """
        .formatted(runs, token);
  }

  /** A fresh user with what rbac prints, and nothing else. */
  private String granted(String size, String account) throws IOException {
    cluster.kubectl("create", "serviceaccount", account);
    String user = "system:serviceaccount:%s:%s".formatted(cluster.namespace(), account);
    // of the cluster's own objects it would name those of everybody who runs these tests
    String rights =
        cluster
            .teletun("rbac", "--print", "-size=" + size, "-user=" + user)
            .orThrow()
            .replace("teletun-facts", "teletun-facts-" + cluster.namespace());
    cluster.apply(rights);
    return rights;
  }

  /** {@code resource.group names verb}, of each rule of what was printed. */
  private static Set<String> printed(String yaml) {
    Set<String> rights = new TreeSet<>();
    Matcher rule = RULE.matcher(yaml);
    while (rule.find()) {
      String group = rule.group(1).replace("\"", "");
      String names = rule.group(3) == null ? "" : rule.group(3);
      for (String resource : rule.group(2).split(", ", -1)) {
        for (String verb : rule.group(4).split(", ", -1)) {
          rights.add(right(group.isEmpty() ? resource : resource + "." + group, names, verb));
        }
      }
    }
    return rights;
  }

  /** The same, of {@code kubectl auth can-i --list}, without what everybody may. */
  private Set<String> listed(String account) throws IOException {
    String list =
        cluster.kubectl(
            "auth",
            "can-i",
            "--list",
            "--as=system:serviceaccount:%s:%s".formatted(cluster.namespace(), account));
    System.out.println(account + " may, besides what everybody may:");
    Set<String> rights = new TreeSet<>();
    for (String line : list.lines().skip(1).toList()) {
      Matcher columns =
          Pattern.compile("(\\S+) +\\[[^]]*] +\\[([^]]*)] +\\[([^]]*)]").matcher(line);
      if (columns.matches() && !columns.group(1).startsWith("selfsubject")) {
        System.out.println("  " + line);
        for (String verb : columns.group(3).split(" ", -1)) {
          rights.add(right(columns.group(1), columns.group(2), verb));
        }
      }
    }
    return rights;
  }

  private static String right(String resource, String names, String verb) {
    return "%s [%s] %s".formatted(resource, names, verb);
  }
}
