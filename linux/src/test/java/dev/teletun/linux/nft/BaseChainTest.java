package dev.teletun.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BaseChainTest {
  @Test
  void readsChainsWithAHookAndNoOthers() {
    String listing =
        """
        table ip filter {
        	chain ufw-before-input {
        	}
        	chain INPUT {
        		type filter hook input priority 0; policy drop;
        	}
        }
        table inet firewalld {
        	chain mangle_PREROUTING {
        		type filter hook prerouting priority -140; policy accept;
        	}
        }
        table netdev offload {
        	chain in {
        		type filter hook ingress device "eth0" priority 10; policy accept;
        	}
        }
        """;

    assertThat(BaseChain.of(listing))
        .containsExactly(
            new BaseChain(new NftTable("ip", "filter"), "INPUT", "input", 0, true),
            new BaseChain(
                new NftTable("inet", "firewalld"), "mangle_PREROUTING", "prerouting", -140, false),
            new BaseChain(new NftTable("netdev", "offload"), "in", "ingress", 10, false));
  }

  @Test
  void knowsWhosePacketsComeToIt() {
    BaseChain ipv6 = new BaseChain(new NftTable("ip6", "filter"), "INPUT", "input", 0, true);

    assertThat(ipv6.sees(true)).isTrue();
    assertThat(ipv6.sees(false)).isFalse();
  }
}
