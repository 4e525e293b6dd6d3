package dev.teletun.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.libc.Errno;
import org.junit.jupiter.api.Test;

class NftExceptionTest {

  @Test
  void findsTheErrnoWhereverLibnftablesWritesIt() {
    assertThat(errno("Error: Could not process rule: Operation not permitted\nadd table\n^^^"))
        .isEqualTo(Errno.EPERM);
    assertThat(errno("netlink: Error: cache initialization failed: Operation not permitted\n"))
        .isEqualTo(Errno.EPERM);
    assertThat(errno("Error: No such file or directory; did you mean table ‘x’ in family ip?"))
        .isEqualTo(Errno.ENOENT);
    assertThat(errno("Error: Could not process rule: Operation not supported"))
        .isEqualTo(Errno.EOPNOTSUPP);
    assertThat(errno("Error: syntax error, unexpected newline")).isZero();
    assertThat(errno("")).isZero();
  }

  @Test
  void makesOneLineOfIt() {
    NftException refused =
        new NftException(
            "table inet teletun {\n chain c { }\n}",
            "Error: Could not process rule: Operation not supported\ntable inet\n^^^^^\n");

    assertThat(refused)
        .hasMessageStartingWith(
            "nft(table inet teletun { …) failed: Could not process rule: Operation not supported"
                + " [EOPNOTSUPP]. This kernel lacks");
    assertThat(refused.getMessage()).doesNotContain("\n");
    assertThat(refused.details()).contains("^^^^^");
    assertThat(new NftException("x", "")).hasMessage("nft(x) failed: no reason given");
  }

  @Test
  void readsTableNamesAndKnowsOurs() {
    NftTable ours = NftTable.ofLine("table netdev teletun_84").orElseThrow();

    assertThat(ours)
        .isEqualTo(new NftTable("netdev", "teletun_84"))
        .hasToString("netdev teletun_84");
    assertThat(ours.looksLikeOurs()).isTrue();
    assertThat(NftTable.ofLine("table ip nat").orElseThrow().looksLikeOurs()).isFalse();
    assertThat(NftTable.ofLine("")).isEmpty();
    assertThat(NftTable.ofLine("# Warning: table ip nat is managed by iptables-nft")).isEmpty();
  }

  private static int errno(String output) {
    return new NftException("x", output).errno();
  }
}
