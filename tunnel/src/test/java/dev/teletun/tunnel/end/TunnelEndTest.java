package dev.teletun.tunnel.end;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.Eventually;
import dev.teletun.tunnel.association.Keys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TunnelEndTest {
  private static final String POD = "10.0.2.7";
  private static final String OTHER = "10.0.3.9";

  private final CloseStack owned = new CloseStack();
  private @TempDir Path directory;
  private Keys keys;
  private EventLoop loop;
  private EndUnderTest server;
  private FarSide cluster;
  private FarSide laptop;

  @BeforeEach
  void startServer() throws IOException {
    keys = Keys.in(directory);
    loop = owned.own(EventLoop.start("tunnel-end-test"));
    cluster = owned.own(new FarSide(directory.resolve("cluster.sock")));
    laptop = owned.own(new FarSide(directory.resolve("laptop.sock")));
    server = owned.own(EndUnderTest.server(loop, keys));
    server.attach(cluster);
  }

  @AfterEach
  void stop() throws IOException {
    owned.close();
  }

  @Test
  void carriesPacketsBothWaysOnceTheClientHasSpoken() throws Exception {
    EndUnderTest client = connect();
    cluster.send(UdpPacket.of(OTHER, POD, "too early")); // rule 2
    Eventually.holds("the drop", () -> server.drops().equals("without-association=1"));

    laptop.send(UdpPacket.of(POD, OTHER, "question"));
    assertThat(cluster.receive()).isEqualTo("question");
    cluster.send(UdpPacket.of(OTHER, POD, "answer"));

    assertThat(laptop.receive()).isEqualTo("answer");
    assertThat(client.drops()).isEqualTo("nothing");
    assertThat(server.drops()).isEqualTo("without-association=1");
  }

  @Test
  void dropsAndCountsWithoutAnAssociation() throws Exception {
    cluster.send(UdpPacket.of(OTHER, POD, "to nobody"));
    cluster.send(UdpPacket.of(OTHER, POD, "to nobody"));

    Eventually.holds("the drops", () -> server.drops().equals("without-association=2"));
  }

  @Test
  void refusesPacketsWithOthersAddressesOnTheirWayIn() throws Exception {
    EndUnderTest client = connect();

    laptop.send(UdpPacket.of("192.168.1.2", OTHER, "not the pod"));
    laptop.send(UdpPacket.of(POD, "127.0.0.1", "to the server itself"));
    laptop.send(UdpPacket.of(POD, OTHER, "fine"));

    assertThat(cluster.receive()).isEqualTo("fine");
    assertThat(client.drops()).isEqualTo("to-peer-wrong_source=1 to-peer-forbidden_destination=1");
    cluster.send(UdpPacket.of(OTHER, "10.0.2.8", "another pod's"));
    cluster.send(UdpPacket.of(OTHER, POD, "fine too"));
    assertThat(laptop.receive()).isEqualTo("fine too");
    assertThat(server.drops()).isEqualTo("to-peer-wrong_destination=1");
  }

  @Test
  void refusesWhatThePeerShouldHaveRefused() throws Exception {
    EndUnderTest client = connect();

    loop.call(() -> client.end.send(UdpPacket.of("192.168.1.2", OTHER, "forged")));
    laptop.send(UdpPacket.of(POD, OTHER, "fine"));

    assertThat(cluster.receive()).isEqualTo("fine");
    assertThat(server.drops()).isEqualTo("from-peer-wrong_source=1");
    loop.call(() -> server.end.send(UdpPacket.of(OTHER, "192.168.1.2", "forged")));
    cluster.send(UdpPacket.of(OTHER, POD, "fine too"));
    assertThat(laptop.receive()).isEqualTo("fine too");
    assertThat(client.drops()).isEqualTo("from-peer-wrong_destination=1");
  }

  @Test
  void tellsThatThePortEndedAndTakesAnother() throws Exception {
    EndUnderTest client = connect();
    assertThat(server.told.poll(15, TimeUnit.SECONDS)).isEqualTo("associated");

    cluster.end();
    assertThat(server.told.poll(15, TimeUnit.SECONDS)).isEqualTo("port ended: null");
    laptop.send(UdpPacket.of(POD, OTHER, "meanwhile"));
    Eventually.holds("the drop", () -> server.drops().equals("without-port=1"));
    FarSide next = owned.own(new FarSide(directory.resolve("next.sock")));
    server.attach(next);
    laptop.send(UdpPacket.of(POD, OTHER, "again"));

    assertThat(next.receive()).isEqualTo("again");
    assertThat(client.told).isEmpty();
  }

  @Test
  void answersAPacketThatIsTooLongForTheTunnel() throws Exception {
    connect();
    byte[] packet = UdpPacket.of(POD, OTHER, "x".repeat(1373)); // 1 more than fits
    packet[6] = 0x40; // DF
    packet[10] = (byte) (packet[10] - 0x40); // the checksum follows
    laptop.send(packet);

    // The payload that follows 28 bytes of IP and ICMP header is the packet's own beginning.
    assertThat(laptop.receive().charAt(0)).isEqualTo('E'); // 0x45
  }

  private EndUnderTest connect() throws Exception {
    EndUnderTest client = owned.own(EndUnderTest.client(loop, keys, server.socket.localAddress()));
    client.attach(laptop);
    return client;
  }
}
