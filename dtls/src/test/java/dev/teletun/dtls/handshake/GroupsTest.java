package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.bouncycastle.tls.NamedGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which groups a hello may choose for the exchange of keys: what follows costs the server. */
@Timeout(60)
class GroupsTest {
  private static final byte[] EXTENSION = {0, 10, 0, 10, 0, 8}; // supported_groups, four

  @Test
  void theFirstOfTheClientsThatWeKnowIsTaken() {
    int[] offered = {NamedGroup.GC512C, NamedGroup.sect571r1, NamedGroup.secp384r1, 29};

    assertThat(Negotiation.group(offered)).isEqualTo(NamedGroup.secp384r1);
  }

  @Test
  void aClientThatNamesNoneGetsTheOneThatEverybodyHas() {
    assertThat(Negotiation.group(null)).isEqualTo(NamedGroup.secp256r1);
  }

  @Test
  void aClientWithDearGroupsOnlyIsRefusedAndTold() throws Exception {
    try (Link link =
        Link.between(
            Keys.CLIENT,
            Keys.SERVER,
            (fromClient, datagram) -> {
              if (fromClient) {
                replaceGroups(datagram, NamedGroup.GC512C);
              }
              return true;
            })) {
      assertThat(link.client.failure()).hasMessageContaining("handshake_failure");
      assertThat(link.server.failure()).hasMessageContaining("handshake_failure");
    }
  }

  private static void replaceGroups(byte[] hello, int by) {
    for (int at = 0; at + EXTENSION.length + 8 <= hello.length; at++) {
      int groups = at + EXTENSION.length;
      if (Arrays.equals(hello, at, groups, EXTENSION, 0, EXTENSION.length)) {
        for (int i = groups; i < groups + 8; i += 2) {
          hello[i] = (byte) (by >> 8);
          hello[i + 1] = (byte) by;
        }
      }
    }
  }
}
