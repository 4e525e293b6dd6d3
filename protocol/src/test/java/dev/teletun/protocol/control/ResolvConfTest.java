package dev.teletun.protocol.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.protocol.address.Addresses;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResolvConfTest {
  private static final String POD =
      """
      search shop.svc.cluster.local svc.cluster.local cluster.local corp.example
      nameserver 10.96.0.10
      nameserver 169.254.20.10
      options ndots:5 timeout:2 attempts:3
      """;

  @Test
  void readsAPodsFile() throws Exception {
    ResolvConf conf = ResolvConf.parse("# made by the kubelet\n" + POD);

    assertThat(conf.nameServers())
        .containsExactly(Addresses.parse("10.96.0.10"), Addresses.parse("169.254.20.10"));
    assertThat(conf.search()).hasSize(4);
    assertThat(conf.ndots()).isEqualTo(5);
    assertThat(conf.clusterDomain()).contains("cluster.local");
    assertThat(conf.namespace()).contains("shop");
    assertThat(conf.ignored()).isEmpty();
  }

  @Test
  void writesAllThatItBelieves() throws Exception {
    ResolvConf conf = ResolvConf.parse("search forgotten.example\n" + POD);

    assertThat(conf.format())
        .isEqualTo(
            """
            search shop.svc.cluster.local svc.cluster.local cluster.local corp.example
            nameserver 10.96.0.10
            nameserver 169.254.20.10
            options ndots:5
            options timeout:2
            options attempts:3
            """);
    assertThat(conf.timeoutSeconds()).hasValue(2);
    assertThat(conf.attempts()).hasValue(3);
  }

  @Test
  void writesWhatItReadsAndNothingElse() throws Exception {
    ResolvConf conf = ResolvConf.parse(POD);

    String written = ResolvConf.parse("sortlist 1.2.3.4\n" + POD + "family inet4\n").format();

    assertThat(written).isEqualTo(conf.format()).startsWith("search shop.svc").endsWith(":3\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nameserver 127.0.0.1",
        "nameserver ::1",
        "nameserver 0.0.0.0",
        "nameserver 224.0.0.1",
        "nameserver dns.example",
        "nameserver fe80::1%eth0",
        "nameserver",
        "search $(reboot)",
        "search -x",
        "search a..b",
        "search .",
        "search `id`.example",
        "options ndots:-1",
        "options ndots:99999999999",
        "options use-vc",
        "options ndots",
        "options 5",
        "nameserver 10.96.0.10\r",
        "search a\033[31m",
        "exec /bin/sh"
      })
  void listsWhatItDoesNotBelieve(String line) throws Exception {
    ResolvConf conf = ResolvConf.parse(line);

    assertThat(conf.format()).isEmpty();
    assertThat(conf.ignored()).hasSize(1).allMatch(shown -> shown.matches("[ -~]+"));
  }

  @Test
  void keepsToItsLimits() throws Exception {
    String servers =
        IntStream.range(1, 100_000 / 40)
            .mapToObj(i -> "nameserver 10.0.%d.%d".formatted(i / 200, i % 200))
            .collect(Collectors.joining("\n"));
    String domains =
        IntStream.range(0, 40)
            .mapToObj(i -> "d" + i)
            .collect(Collectors.joining(" ", "search ", ""));

    ResolvConf conf = ResolvConf.parse(servers + "\n" + domains);

    assertThat(conf.nameServers()).hasSize(3);
    assertThat(conf.search()).hasSize(32);
    assertThat(conf.ignored()).hasSize(21).last().asString().startsWith("and ");
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> ResolvConf.parse(" ".repeat(65_537)));
  }

  @Test
  void takesOtherSearchPathsForNoPods() throws Exception {
    assertThat(ResolvConf.parse("search a.svc.x svc.x").clusterDomain()).isEmpty();
    assertThat(ResolvConf.parse("search corp.example").clusterDomain()).isEmpty();
    assertThat(ResolvConf.parse("search corp.example a.svc.x. svc.X x").namespace()).contains("a");
  }

  @Test
  void survivesTruncationAtEveryLength() throws Exception {
    for (int length = 0; length < POD.length(); length++) {
      ResolvConf conf = ResolvConf.parse(POD.substring(0, length));

      assertThat(ResolvConf.parse(conf.format()).format()).isEqualTo(conf.format());
    }
  }
}
