package dev.teletun.tunnel.association;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.RecordSink;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.message.Token;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the peer is, who may say so, and what is said between packets. */
class LinkTest {
  private static final UdpPeer HOME =
      UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1000));
  private static final UdpPeer ELSEWHERE =
      UdpPeer.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 1000));
  private static final Token TOKEN = new Token(3, 4);

  private final SealedPair pair = SealedPair.of(1);
  private final FakeOutlet outlet = new FakeOutlet();
  private final List<String> packets = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private long now = 1_000;
  private final Link link = link(true);

  @Test
  void followsThePeerOnItsNewestRecord() {
    receive(ELSEWHERE, pair.byClient(packet("newest")));

    assertThat(link.peer()).isEqualTo(ELSEWHERE);
    assertThat(said).containsExactly("moved");
    link.say(DataMessage.bare(DataMessage.HELLO_ACK));
    assertThat(outlet.peers).containsExactly(ELSEWHERE);
  }

  @Test
  void isNotLedAstrayByARecordThatCameLater() {
    byte[] late = pair.byClient(packet("late"));
    receive(HOME, pair.byClient(packet("before")));

    receive(ELSEWHERE, late);

    assertThat(link.peer()).isEqualTo(HOME);
    assertThat(said).isEmpty();
  }

  @Test
  void isNotLedAstrayByARecordThatComesTwiceOrIsForged() {
    byte[] record = pair.byClient(packet("once"));
    receive(HOME, record);
    byte[] forged = pair.byClient(packet("forged"));
    forged[forged.length - 1] ^= 1;

    receive(ELSEWHERE, record);
    receive(ELSEWHERE, forged);

    assertThat(link.peer()).isEqualTo(HOME);
    assertThat(said).isEmpty();
  }

  @Test
  void saysNothingOfAPeerThatStaysWhereItIs() {
    receive(HOME, pair.byClient(packet("here")));

    assertThat(link.peer()).isEqualTo(HOME);
    assertThat(said).isEmpty();
  }

  @Test
  void passesPacketsOnOnceItIsAccepted() {
    receive(HOME, pair.byClient(packet("before")));
    link.accept();
    receive(HOME, pair.byClient(packet("after")));
    receive(HOME, pair.byClient(new byte[0]));

    assertThat(packets).containsExactly("after");
  }

  @Test
  void dropsPacketsForWhichThereIsNoPlace() {
    link.accept();

    byte[] record = pair.byClient(packet("nowhere"));
    link.receive(HOME, record, 0, record.length, null);

    assertThat(packets).isEmpty();
    assertThat(pair.server().counters().byName()).containsEntry("opened", 1L);
  }

  @Test
  void passesOnAllThatAPeerOfVersion1Says() {
    Link old = link(false);
    byte[] record = pair.byClient(DataMessage.hello(TOKEN));

    receive(old, HOME, record);

    assertThat(old.isAccepted()).isTrue();
    assertThat(link.isAccepted()).isFalse();
    assertThat(packets).hasSize(1);
    assertThat(said).isEmpty();
  }

  @Test
  void hearsATokenAndItsAcknowledgment() {
    receive(HOME, pair.byClient(DataMessage.hello(TOKEN)));
    receive(HOME, pair.byClient(DataMessage.bare(DataMessage.HELLO_ACK)));

    assertThat(said).containsExactly("hello true", "helloAck");
    assertThat(packets).isEmpty();
  }

  @Test
  void answersEchoesAndProbesOnceItIsAccepted() {
    byte[] echo = DataMessage.echo(DataMessage.ECHO, 77);
    receive(HOME, pair.byClient(echo));
    receive(HOME, pair.byClient(DataMessage.probe(78, 900)));
    assertThat(outlet.datagrams).isEmpty();

    link.accept();
    receive(HOME, pair.byClient(echo));
    receive(HOME, pair.byClient(DataMessage.probe(78, 900)));

    assertThat(heardByClient())
        .containsExactly(DataMessage.echo(DataMessage.ECHO_ACK, 77), DataMessage.probeAck(78, 900));
    assertThat(outlet.whole).isZero();
  }

  @Test
  void hearsAnswers() {
    receive(HOME, pair.byClient(DataMessage.echo(DataMessage.ECHO_ACK, 5)));
    receive(HOME, pair.byClient(DataMessage.probeAck(6, 1400)));

    assertThat(said).containsExactly("echoAck 5", "probeAck 6 1400");
  }

  @Test
  void hearsOfASwitchOnceItIsAccepted() {
    receive(HOME, pair.byClient(DataMessage.switched(8, true)));
    link.accept();
    receive(HOME, pair.byClient(DataMessage.switched(9, true)));
    receive(HOME, pair.byClient(DataMessage.switched(10, false)));

    assertThat(said).containsExactly("switched 9 true", "switched 10 false");
  }

  @Test
  void skipsWhatALaterVersionSays() {
    link.accept();

    receive(HOME, pair.byClient(new byte[] {15, 1, 2, 3}));

    assertThat(said).isEmpty();
    assertThat(packets).isEmpty();
    assertThat(outlet.datagrams).isEmpty();
  }

  @Test
  void sendsProbesOfTheirSizeWholeAndNumbered() {
    link.probe(900);
    link.probe(1200);

    assertThat(heardByClient())
        .containsExactly(DataMessage.probe(1, 900), DataMessage.probe(2, 1200));
    assertThat(outlet.whole).isEqualTo(2);
  }

  @Test
  void saysGoodbyeToAPeerThatHasFinishedTheHandshake() {
    link.sayGoodbye();
    assertThat(outlet.datagrams).isEmpty();

    receive(HOME, pair.byClient(packet("confirmed")));
    link.sayGoodbye();

    assertThat(heardByClient()).isEmpty();
    assertThat(outlet.datagrams).hasSize(1);
    assertThat(pair.client().peerClosed()).isTrue();
  }

  @Test
  void repeatsTheLastFlightWhereThePeerIs() {
    receive(ELSEWHERE, pair.byClient(new byte[0]));
    SealedPair unfinished = SealedPair.of(2);
    Link other = new Link(outlet, HOME, unfinished.server(), true, new Ear(), () -> now);

    unfinished.server().repeatLastFlight(other);

    assertThat(outlet.datagrams).containsExactly(SealedPair.LAST_FLIGHT);
    assertThat(outlet.peers).containsExactly(HOME);
  }

  @Test
  void leavesByAnotherWayWhenToldTo() {
    FakeOutlet another = new FakeOutlet();
    link.leaveBy(another);

    link.say(DataMessage.bare(DataMessage.HELLO_ACK));

    assertThat(outlet.datagrams).isEmpty();
    assertThat(another.peers).containsExactly(HOME);
  }

  @Test
  void knowsItsAgeAndWhenThePeerWasHeard() {
    now += 50;
    assertThat(link.ageNanos()).isEqualTo(50);
    assertThat(link.heardNanos()).isEqualTo(1_000);

    receive(HOME, pair.byClient(new byte[0]));
    now += 7;

    assertThat(link.ageNanos()).isEqualTo(57);
    assertThat(link.heardNanos()).isEqualTo(1_050);
  }

  @Test
  void givesWhatWasKeptOnce() {
    List<byte[]> kept = List.of(packet("kept"));
    link.keep(kept);

    assertThat(link.takeKept()).isEqualTo(kept);
    assertThat(link.takeKept()).isEmpty();
    assertThat(link.association()).isSameAs(pair.server());
  }

  private Link link(boolean speaksMessages) {
    return new Link(outlet, HOME, pair.server(), speaksMessages, new Ear(), () -> now);
  }

  private void receive(UdpPeer from, byte[] record) {
    receive(link, from, record);
  }

  private void receive(Link by, UdpPeer from, byte[] record) {
    byte[] train = new byte[record.length + 5];
    System.arraycopy(record, 0, train, 5, record.length);
    by.receive(
        from,
        train,
        5,
        record.length,
        (bytes, at, length) -> packets.add(new String(bytes, at, length, US_ASCII)));
  }

  /** What the client makes of all that has left. */
  private List<byte[]> heardByClient() {
    List<byte[]> heard = new ArrayList<>();
    for (byte[] datagram : outlet.datagrams) {
      pair.client()
          .receive(
              datagram,
              0,
              datagram.length,
              new RecordSink() {
                @Override
                public void packet(byte[] bytes, int at, int length) {
                  heard.add(Arrays.copyOfRange(bytes, at, at + length));
                }

                @Override
                public void answer(byte[] bytes, int at, int length) {}
              });
    }
    return heard;
  }

  private static byte[] packet(String text) {
    return text.getBytes(US_ASCII);
  }

  private final class Ear implements Said {
    @Override
    public void hello(Link on, Token token) {
      said.add("hello " + token.matches(TOKEN));
    }

    @Override
    public void helloAck(Link on) {
      said.add("helloAck");
    }

    @Override
    public void echoAck(Link on, int id) {
      said.add("echoAck " + id);
    }

    @Override
    public void probeAck(Link on, int id, int size) {
      said.add("probeAck " + id + " " + size);
    }

    @Override
    public void switched(Link on, int number, boolean first) {
      said.add("switched " + number + " " + first);
    }

    @Override
    public void moved(Link by) {
      said.add("moved");
    }
  }
}
