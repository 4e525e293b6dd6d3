package dev.teletun.bench.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileTest {
  private static final String SAMPLES =
      """
      session    42\s
      \t    7f4a53f96d30 [unknown] (/tmp/perf-15.map)
      \t    7f4a53f00000 [unknown] (/tmp/perf-15.map)

      session    42\s
      \tffffffff810a tcp_v4_rcv ([kernel.kallsyms])
      \tffffffff810b net_rx_action ([kernel.kallsyms])
      \tffffffff810c tun_chr_write_iter ([kernel.kallsyms])

      iperf3    50\s
      \tffffffff810a _copy_from_iter ([kernel.kallsyms])
      \tffffffff810b tcp_sendmsg ([kernel.kallsyms])

      swapper     0\s
      \tffffffff810d pv_native_safe_halt ([kernel.kallsyms])
      """;

  @Test
  void tellsTimeByProcessAndWork() {
    CompiledMethods methods =
        new CompiledMethods(
            List.of(
                "0x00007f4a53f96d00 0x0000000000000100 int dev.teletun.protocol.offload.Splitter.go()",
                "0x00007f4a53f97d00 0x0000000000000100 void other()"));
    Profile profile = new Profile(Map.of(42L, "client"));

    new PerfScript(Map.of(42L, methods)).read(SAMPLES.lines(), profile::add);

    assertThat(profile.text(4000, 1).lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsSubsequence(
            "client 2000",
            "split, merge, checksums 1000",
            "1000 int dev.teletun.protocol.offload.Splitter.go()",
            "network stack, both ends of TCP 1000",
            "iperf3 1000",
            "others 0",
            "idle 1000",
            "all processors 4000");
  }

  @Test
  void knowsMethodsByTheirFirstAddressAndSize() {
    CompiledMethods methods = new CompiledMethods(List.of("0x10 0x8 a b", "0x20 0x8 c"));

    assertThat(methods.at(0x17)).contains("a b");
    assertThat(methods.at(0x18)).isEmpty();
    assertThat(methods.at(0x0f)).isEmpty();
  }
}
