package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.udp.UdpPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinksTest {
  private final Links links = new Links();
  private final Link[] made = new Link[6];

  LinksTest() {
    for (int i = 0; i < made.length; i++) {
      made[i] = link(i, peer(i));
    }
  }

  @Test
  void areThereNewestFirstUntilTheyAreRemoved() {
    assertThat(links.isEmpty()).isTrue();
    add(0, 1, 2);

    assertThat(links.all()).containsExactly(made[2], made[1], made[0]);
    assertThat(links.remove(made[1])).isTrue();
    assertThat(links.remove(made[1])).isFalse();
    assertThat(links.all()).containsExactly(made[2], made[0]);
    assertThat(links.contains(made[0])).isTrue();
    assertThat(links.contains(made[1])).isFalse();
    assertThat(links.isEmpty()).isFalse();
    links.clear();
    assertThat(links.isEmpty()).isTrue();
  }

  @Test
  void areFoundByTheAddressOfThePeer() {
    add(0, 1, 2);

    assertThat(links.at(peer(1))).isSameAs(made[1]);
    assertThat(links.at(peer(5))).isNull();
  }

  @Test
  void areFoundByTheConnectionIdWhereverItComesFrom() {
    add(0, 1);
    byte[] record = SealedPair.of(1).byClient(new byte[9]);
    byte[] train = new byte[record.length + 3];
    System.arraycopy(record, 0, train, 3, record.length);

    assertThat(links.named(train, 3, record.length)).isSameAs(made[1]);
    byte[] strange = SealedPair.of(5).byClient(new byte[9]);
    assertThat(links.named(strange, 0, strange.length)).isNull();
  }

  @Test
  void oneThatBeginsAnewAtTheSameAddressReplacesTheOther() {
    add(0, 1);
    Link anew = link(5, peer(0));

    links.add(anew, made[1]);

    assertThat(links.all()).containsExactly(anew, made[1]);
  }

  @Test
  void theOldestGivesWayToAFifth() {
    add(0, 1, 2, 3);

    links.add(made[4], made[2]);

    assertThat(links.all()).containsExactly(made[4], made[3], made[2], made[1]);
  }

  @Test
  void theOneInForceIsTheLastToGiveWay() {
    add(0, 1, 2, 3);

    links.add(made[4], made[0]);
    links.add(made[5], made[0]);

    assertThat(links.all()).containsExactly(made[5], made[4], made[3], made[0]);
  }

  @Test
  void allButOneCanBeForgotten() {
    add(0, 1, 2);

    links.keepOnly(made[1]);

    assertThat(links.all()).isEqualTo(List.of(made[1]));
  }

  private void add(int... numbers) {
    for (int number : numbers) {
      links.add(made[number], null);
    }
  }

  private static UdpPeer peer(int number) {
    return UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1000 + number));
  }

  private static Link link(int number, UdpPeer peer) {
    return new Link(
        new FakeOutlet(), peer, SealedPair.of(number).server(), true, new Said() {}, () -> 0);
  }
}
