package dev.teletun.tunnel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.association.Association;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.AssociationPair;
import dev.teletun.tunnel.association.Eventually;
import dev.teletun.tunnel.association.Keys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TrainSenderTest {
  private final CloseStack owned = new CloseStack();
  private final byte[] packet = new byte[70_000];
  private @TempDir Path directory;
  private AssociationPair pair;
  private UdpSocket from;
  private UdpSocket to;
  private TrainSender sender;
  private int tooBig;

  @BeforeEach
  void open() throws Exception {
    pair = AssociationPair.make(Keys.in(directory));
    from = owned.own(UdpSocket.bind(InetAddress.getLoopbackAddress(), 0));
    to = owned.own(UdpSocket.bind(InetAddress.getLoopbackAddress(), 0));
    sender = new TrainSender(from, () -> tooBig++);
  }

  @AfterEach
  void close() throws IOException {
    owned.close();
  }

  @Test
  void makesOneTrainOfEqualRecordsAndAShorterOneAtItsEnd() throws Exception {
    send(to, 100, 100, 100, 40);

    assertThat(trains(1)).containsExactly(List.of(100, 100, 100, 40));
  }

  @Test
  void beginsAnewAfterAShorterRecordAndBeforeALongerOne() throws Exception {
    send(to, 100, 40, 40, 100, 100);

    assertThat(trains(3)).containsExactly(List.of(100, 40), List.of(40), List.of(100, 100));
  }

  @Test
  void beginsAnewForAnotherPeer() throws Exception {
    UdpSocket other = owned.own(UdpSocket.bind(InetAddress.getLoopbackAddress(), 0));
    add(to, 100);
    add(other, 100);
    add(to, 100);
    sender.flush();

    assertThat(trains(2)).containsExactly(List.of(100), List.of(100));
  }

  @Test
  void countsARecordThatNoDatagramHoldsAndGoesOn() throws Exception {
    send(to, 65_535, 100);

    assertThat(trains(1)).containsExactly(List.of(100));
    assertThat(tooBig).isEqualTo(1);
  }

  private void send(UdpSocket target, int... sizes) throws IOException {
    for (int size : sizes) {
      add(target, size);
    }
    sender.flush();
    assertThat(sender.isBlocked()).isFalse();
    assertThat(sender.dropped()).isZero();
  }

  private void add(UdpSocket target, int size) throws IOException {
    sender.add(pair.client(), UdpPeer.of(target.localAddress()), packet, 0, size);
  }

  /** Receives so many trains: the sizes of the packets in each, opened by the other side. */
  private List<List<Integer>> trains(int count) throws Exception {
    assertThat(from.segments() && to.merges()).as("this kernel has GSO and GRO").isTrue();
    List<List<Integer>> trains = new ArrayList<>();
    DatagramTrain train = new DatagramTrain();
    while (trains.size() < count) {
      Eventually.holds("train " + (trains.size() + 1), () -> to.receive(train));
      trains.add(opened(train));
    }
    assertThat(to.receive(train)).isFalse();
    return trains;
  }

  private List<Integer> opened(DatagramTrain train) {
    List<Integer> sizes = new ArrayList<>();
    Association receiver = pair.server();
    for (int at = 0; at < train.length(); at += train.segmentBytes()) {
      int size = Math.min(train.segmentBytes(), train.length() - at);
      receiver.receive(train.bytes(), at, size, AssociationPair.sizesInto(sizes));
    }
    return sizes;
  }
}
