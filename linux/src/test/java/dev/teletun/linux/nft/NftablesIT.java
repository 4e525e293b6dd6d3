package dev.teletun.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.namespace.TestNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the {@code nft} program as the oracle. */
@Tag("netns")
class NftablesIT {
  private TestNamespace namespace;

  @BeforeEach
  void open() throws IOException {
    namespace = TestNamespace.create();
  }

  @AfterEach
  void close() throws IOException {
    namespace.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inet", "ip", "ip6", "netdev"})
  void keepsAnOwnerTableAsLongAsTheContextLives(String family) throws Exception {
    NftTable table = new NftTable(family, "teletun");
    try (Nftables nft = namespace.call(Nftables::open)) {
      namespace.call(() -> run(nft, ownerTable(family)));

      assertThat(listed()).contains("table " + table);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> namespace.run("nft", "delete", "table", family, "teletun"))
          .withMessageContaining("Operation not permitted");
      namespace.run("nft", "flush", "ruleset");
      assertThat(listed()).contains("table " + table);
    }
    assertThat(listed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inet", "netdev"})
  void losesAnOwnerTableToTheKernelWhenTheProcessIsKilled(String family) throws Exception {
    Process owner = startOwner(family);
    try {
      assertThat(listed()).contains("table %s teletun".formatted(family));

      owner.destroyForcibly().waitFor();

      // The kernel frees the socket with the process, in a task of its own.
      Instant deadline = Instant.now().plus(Duration.ofSeconds(10));
      while (!listed().isEmpty() && Instant.now().isBefore(deadline)) {
        Thread.onSpinWait(); // each round starts a program, so this is no busy loop
      }
      assertThat(listed()).isEmpty();
    } finally {
      owner.destroyForcibly();
    }
  }

  @Test
  void findsLeftoversAndDeletesOnlyWhatNobodyOwns() throws Exception {
    namespace.run("nft", "add table inet teletun_dead; add table ip foreign");
    try (Nftables owner = namespace.call(Nftables::open);
        Nftables cleanup = namespace.call(Nftables::open)) {
      namespace.call(() -> run(owner, ownerTable("netdev")));
      NftTable dead = new NftTable("inet", "teletun_dead");
      NftTable living = new NftTable("netdev", "teletun");
      assertThat(cleanup.tables()).contains(new NftTable("ip", "foreign"));
      assertThat(cleanup.tablesLikeOurs()).containsExactlyInAnyOrder(dead, living);

      assertThat(cleanup.delete(dead)).isTrue();
      assertThat(cleanup.delete(dead)).isFalse();
      assertThat(cleanup.delete(living)).isFalse();

      assertThat(listed()).contains("netdev teletun", "ip foreign").doesNotContain("dead");
      assertThat(owner.delete(living)).isTrue();
    }
  }

  @Test
  void runsCommandsAsOneTransaction() throws Exception {
    try (Nftables nft = namespace.call(Nftables::open)) {
      assertThatExceptionOfType(NftException.class)
          .isThrownBy(() -> nft.run("add table inet a\nadd rule inet absent c accept"))
          .withMessageContaining("nft(add table inet a …) failed")
          .withMessageContaining("[ENOENT]")
          .withMessageContaining("is missing")
          .withCauseInstanceOf(SyscallException.class)
          .matches(e -> e.errno() == Errno.ENOENT);
      assertThat(nft.tables()).isEmpty();

      nft.run("add table inet a");
      assertThat(nft.query("list table inet a")).contains("table inet a {");
    }
  }

  @Test
  void reportsASyntaxErrorWithoutAnErrno() throws Exception {
    try (Nftables nft = namespace.call(Nftables::open)) {
      assertThatExceptionOfType(NftException.class)
          .isThrownBy(() -> nft.run("add nonsense"))
          .withMessageContaining("nft(add nonsense) failed: syntax error")
          .withNoCause()
          .matches(e -> e.errno() == 0)
          .matches(e -> e.details().contains("^"));
    }
  }

  @Test
  void probesLeaveNothingBehind() throws Exception {
    assertThat(namespace.call(Nftables::ownerFlagWorks)).isTrue();
    assertThat(namespace.call(Nftables::forwardWorks)).isTrue();
    assertThat(listed()).isEmpty();
  }

  @Test
  void probesAnswerNoWithoutPermission() throws Exception {
    assertThat(namespace.run(unprivileged("dev.teletun.linux.nft.NftablesIT$Probes")).strip())
        .isEqualTo("false false [EPERM]");
  }

  @Test
  void refusesToRunOnceClosed() throws Exception {
    Nftables nft = namespace.call(Nftables::open);
    nft.close();
    nft.close();

    assertThatIllegalStateException().isThrownBy(() -> nft.run("list tables"));
  }

  private String listed() throws IOException {
    return namespace.run("nft", "list", "tables");
  }

  private static String ownerTable(String family) {
    return "table %s teletun {\n flags owner\n chain c { }\n}\n".formatted(family);
  }

  private static boolean run(Nftables nft, String commands) throws NftException {
    nft.run(commands);
    return true;
  }

  private static String[] unprivileged(String main) {
    return new String[] {
      "setpriv", "--bounding-set=-all", "--inh-caps=-all", java(), "-cp", classPath(), NATIVE, main
    };
  }

  private Process startOwner(String family) throws IOException {
    List<String> words =
        List.of(
            "ip",
            "netns",
            "exec",
            namespace.name(),
            java(),
            "-cp",
            classPath(),
            NATIVE,
            Owner.class.getName(),
            family);
    Process owner = new ProcessBuilder(words).redirectErrorStream(true).start();
    BufferedReader output = owner.inputReader();
    assertThat(output.readLine()).isEqualTo("owns");
    return owner;
  }

  private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** Makes an owner table and waits to be killed. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] args) throws Exception {
      Nftables nft = Nftables.open();
      nft.run(ownerTable(args[0]));
      System.out.println("owns");
      System.in.read();
      nft.close();
    }
  }

  /** Says what the probes answer, and why a table is refused. */
  static final class Probes {
    private Probes() {}

    public static void main(String[] args) throws Exception {
      String why = "allowed";
      try (Nftables nft = Nftables.open()) {
        nft.run("add table inet teletun");
      } catch (NftException e) {
        why = Errno.name(e.errno());
      }
      System.out.printf("%s %s [%s]%n", Nftables.ownerFlagWorks(), Nftables.forwardWorks(), why);
    }
  }
}
