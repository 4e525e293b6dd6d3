package dev.teletun.linux.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.NativeMemory;
import dev.teletun.linux.libc.SyscallException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class UdpSocketTest {
  private static final UdpPeer NOBODY = UdpPeer.of(loopback("127.0.0.1", 9));

  private final DatagramTrain train = new DatagramTrain();

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void carriesATrainWholeWithOneCallEachWay(String loopback) throws IOException {
    byte[] sent = random(20 * 1200);
    try (UdpSocket server = UdpSocket.bind(InetAddress.ofLiteral(loopback), 0);
        UdpSocket client = UdpSocket.connect(server.localAddress())) {
      assertThat(client.send(NOBODY, sent, 0, sent.length, 1200)).isEqualTo(SendResult.SENT);

      await(server);
      assertThat(server.receive(train)).isTrue();
      assertThat(train.length()).isEqualTo(sent.length);
      assertThat(train.segmentBytes()).isEqualTo(1200);
      assertThat(train.bytes()).startsWith(sent);
      assertThat(train.peer().address()).isEqualTo(client.localAddress());
      assertThat(server.receive(train)).as("a second train").isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void carriesTheSameBytesWithoutGso(String loopback) throws IOException {
    byte[] sent = random(19 * 1200 + 7);
    try (UdpSocket server = UdpSocket.bind(InetAddress.ofLiteral(loopback), 0);
        UdpSocket client = UdpSocket.connect(server.localAddress())) {
      client.withoutSegments();
      assertThat(client.send(NOBODY, sent, 0, sent.length, 1200)).isEqualTo(SendResult.SENT);

      List<Integer> sizes = new ArrayList<>();
      assertThat(receive(server, sent.length, sizes)).isEqualTo(sent);
      assertThat(sizes).hasSize(20).endsWith(1200, 7);
    }
  }

  @Test
  void sendsAPartOfAnArrayWithAShorterLastDatagram() throws IOException {
    byte[] bytes = random(5_000);
    try (UdpSocket server = UdpSocket.bind(InetAddress.ofLiteral("127.0.0.1"), 0);
        UdpSocket client = UdpSocket.connect(server.localAddress())) {
      client.send(NOBODY, bytes, 1_000, 2_500, 1_000);

      List<Integer> sizes = new ArrayList<>();
      assertThat(receive(server, 2_500, sizes))
          .isEqualTo(java.util.Arrays.copyOfRange(bytes, 1_000, 3_500));
      assertThat(sizes).containsExactly(1_000, 1_000, 500);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_200, 30_000})
  void splitsATrainThatIsTooLongForTheKernel(int segment) throws IOException {
    byte[] sent = random(131_071);
    try (UdpSocket server = UdpSocket.bind(InetAddress.ofLiteral("::1"), 0);
        UdpSocket client = UdpSocket.connect(server.localAddress())) {
      assertThat(client.send(NOBODY, sent, 0, sent.length, segment)).isEqualTo(SendResult.SENT);

      List<Integer> sizes = new ArrayList<>();
      assertThat(receive(server, sent.length, sizes)).isEqualTo(sent);
      assertThat(sizes).hasSize((sent.length + segment - 1) / segment);
    }
  }

  @Test
  void answersAnIpv4ClientAndAnIpv6ClientOnOneSocket() throws IOException {
    try (UdpSocket server = UdpSocket.bind(null, 0)) {
      for (String loopback : List.of("127.0.0.1", "::1")) {
        InetSocketAddress address = loopback(loopback, server.localAddress().getPort());
        try (UdpSocket client = UdpSocket.connect(address)) {
          client.send(NOBODY, random(10), 0, 10, 10);
          await(server);
          assertThat(server.receive(train)).isTrue();
          assertThat(train.peer().address()).isEqualTo(client.localAddress());

          byte[] answer = random(3_000);
          assertThat(server.send(train.peer(), answer, 0, 3_000, 1_000)).isEqualTo(SendResult.SENT);
          assertThat(receive(client, 3_000, new ArrayList<>())).isEqualTo(answer);
        }
      }
    }
  }

  @Test
  void carriesAnEmptyDatagram() throws IOException {
    try (UdpSocket server = UdpSocket.bind(InetAddress.ofLiteral("127.0.0.1"), 0);
        UdpSocket client = UdpSocket.connect(server.localAddress())) {
      assertThat(client.send(NOBODY, new byte[0], 0, 0, 0)).isEqualTo(SendResult.SENT);

      await(server);
      assertThat(server.receive(train)).isTrue();
      assertThat(train.length()).isZero();
    }
  }

  @Test
  void refusesADatagramThatNoPathCarries() throws IOException {
    byte[] sent = new byte[140_000];
    try (UdpSocket server = UdpSocket.bind(InetAddress.ofLiteral("127.0.0.1"), 0);
        UdpSocket client = UdpSocket.connect(server.localAddress())) {
      assertThat(client.send(NOBODY, sent, 0, 65_508, 0)).isEqualTo(SendResult.TOO_BIG);
      assertThat(client.send(NOBODY, sent, 0, 140_000, 70_000)).isEqualTo(SendResult.TOO_BIG);
      assertThat(client.send(NOBODY, sent, 0, 65_507, 0)).isEqualTo(SendResult.SENT);
      assertThat(receive(server, 65_507, new ArrayList<>())).hasSize(65_507);
    }
  }

  @Test
  void countsAPortThatNobodyHasAndGoesOn() throws IOException {
    InetSocketAddress gone;
    try (UdpSocket shortLived = UdpSocket.bind(InetAddress.ofLiteral("127.0.0.1"), 0)) {
      gone = shortLived.localAddress();
    }
    try (UdpSocket client = UdpSocket.connect(gone)) {
      assertThat(client.send(NOBODY, new byte[10], 0, 10, 0)).isEqualTo(SendResult.SENT);
      assertThat(client.receive(train)).isFalse();
      assertThat(client.losses()).containsExactlyEntriesOf(java.util.Map.of("ECONNREFUSED", 1L));

      client.send(NOBODY, new byte[10], 0, 10, 0);
      try (UdpSocket back = UdpSocket.bind(gone.getAddress(), gone.getPort())) {
        assertThat(client.send(NOBODY, new byte[10], 0, 10, 0)).isEqualTo(SendResult.SENT);

        assertThat(receive(back, 10, new ArrayList<>())).hasSize(10);
        assertThat(client.lost()).isEqualTo(2);
      }
    }
  }

  @Test
  void countsARefusedDatagramAsLost() throws IOException {
    try (UdpSocket v4 = UdpSocket.bind(InetAddress.ofLiteral("127.0.0.1"), 0)) {
      UdpPeer elsewhere = UdpPeer.of(loopback("::1", 9));
      UdpPeer broadcast = UdpPeer.of(loopback("255.255.255.255", 9));

      assertThat(v4.send(elsewhere, new byte[10], 0, 10, 0)).isEqualTo(SendResult.LOST);
      assertThat(v4.send(broadcast, new byte[30], 0, 30, 10)).isEqualTo(SendResult.LOST);

      assertThat(v4.losses()).containsKeys("EAFNOSUPPORT").hasSize(2);
      assertThat(v4.lost()).isEqualTo(4);
    }
  }

  @Test
  void tellsThePathMtu() throws IOException {
    for (String loopback : List.of("127.0.0.1", "::1")) {
      try (UdpSocket client = UdpSocket.connect(loopback(loopback, 9))) {
        assertThat(client.pathMtu()).isBetween(1_280, 65_536);
      }
    }
    try (UdpSocket unconnected = UdpSocket.bind(InetAddress.ofLiteral("127.0.0.1"), 0)) {
      assertThatExceptionOfType(SyscallException.class)
          .isThrownBy(unconnected::pathMtu)
          .withMessageContaining("ENOTCONN");
    }
  }

  @Test
  void saysWhoHasAPortThatIsTaken() throws IOException {
    try (UdpSocket first = UdpSocket.bind(null, 0)) {
      int port = first.localAddress().getPort();

      assertThatExceptionOfType(SyscallException.class)
          .isThrownBy(() -> UdpSocket.bind(null, port))
          .withMessageContaining("EADDRINUSE")
          .withMessageContaining("ss -lpnu")
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE));
    }
  }

  @Test
  void usesGsoAndGroHere() throws IOException {
    try (UdpSocket socket = UdpSocket.bind(null, 0)) {
      assertThat(socket.segments()).isTrue();
      assertThat(socket.merges()).isTrue();
    }
  }

  @Test
  void allocatesNothingPerTrain() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().threadId();
    byte[] bytes = random(12_000);
    try (UdpSocket server = UdpSocket.bind(null, 0);
        UdpSocket client = UdpSocket.connect(loopback("::1", server.localAddress().getPort()))) {
      long before = 0;
      for (int round = 0; round < 2_200; round++) {
        if (round == 2_000) {
          before = threads.getThreadAllocatedBytes(self);
        }
        client.send(NOBODY, bytes, 0, bytes.length, 1_200);
        while (!server.receive(train)) {
          Thread.onSpinWait();
        }
      }
      long allocated = threads.getThreadAllocatedBytes(self) - before;

      assertThat(allocated).as("bytes for 200 trains").isLessThan(2_000);
    }
  }

  /** Datagrams until there are {@code bytes} of them; their sizes are added to {@code sizes}. */
  private byte[] receive(UdpSocket from, int bytes, List<Integer> sizes) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < bytes) {
      await(from);
      while (from.receive(train)) {
        all.write(train.bytes(), 0, train.length());
        for (int at = 0; at < train.length(); at += train.segmentBytes()) {
          sizes.add(Math.min(train.segmentBytes(), train.length() - at));
        }
      }
    }
    return all.toByteArray();
  }

  private static void await(UdpSocket socket) {
    await(socket.fd());
  }

  /** poll(2) for POLLIN, at most 5 s. */
  private static void await(Fd fd) {
    try (NativeMemory pollfd = NativeMemory.allocate(8)) {
      ByteBuffer fields = pollfd.buffer();
      fields.putInt(0, fd.number()).putShort(4, (short) 1);
      assertThat(Libc.poll(pollfd.address(), 1, 5_000)).as("something to read").isEqualTo(1);
    }
  }

  private static InetSocketAddress loopback(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static byte[] random(int bytes) {
    byte[] made = new byte[bytes];
    new Random(bytes).nextBytes(made);
    return made;
  }
}
