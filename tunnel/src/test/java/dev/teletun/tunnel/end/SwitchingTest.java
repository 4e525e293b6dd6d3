package dev.teletun.tunnel.end;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.protocol.lifecycle.CloseStack;
import dev.teletun.tunnel.association.Eventually;
import dev.teletun.tunnel.transport.Transport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who says what on which transport, in which order, and where packets leave meanwhile. */
@Timeout(30)
class SwitchingTest {
  private final CloseStack owned = new CloseStack();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Wire udp = new Wire("udp");
  private final Wire tcp = new Wire("tcp");
  private EventLoop loop;
  private TunnelEnd end;
  private Leader leader;
  private Follower follower;

  @BeforeEach
  void begin() throws IOException {
    loop = owned.own(EventLoop.start("switching-test"));
    end = new TunnelEnd(Side.CLIENT, loop, 1400, _ -> {});
    leader = new Leader(loop, end);
    follower = new Follower(loop, end, udp);
    loop.call(follower::begin);
  }

  @AfterEach
  void stop() throws IOException {
    owned.close();
  }

  @Test
  void aClientLeavesADeadTransportAtOnce() throws Exception {
    loop.call(() -> {
      leader.begin(udp);
      leader.switchTo(tcp, false);
      end.send("E".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    });

    assertThat(said.get(0)).startsWith("tcp first");
    assertThat(said.get(1)).isEqualTo("tcp packet");
  }

  @Test
  void aClientBeginsOnTheNewTransportOnceTheOldIsEmptyBothWays() throws Exception {
    loop.call(() -> {
      leader.begin(tcp);
      leader.switchTo(udp, true);
      assertThat(said).containsExactly("tcp last 2");
      leader.switched(tcp, 1, false); // an earlier one's
      assertThat(said).containsExactly("tcp last 2");
      leader.switched(tcp, 2, false);
      assertThat(said).containsExactly("tcp last 2", "udp first 2");
    });
  }

  @Test
  void aClientRepeatsItsFirstMessageUntilItIsAnswered() throws Exception {
    loop.call(() -> leader.switchTo(udp, false));
    Eventually.holds("repeated", () -> said.size() >= 3);

    loop.call(() -> leader.switched(udp, 1, true));
    int sofar = said.size();
    loop.call(() -> leader.switched(udp, 1, true));

    assertThat(said).containsOnly("udp first 1").hasSize(sofar);
  }

  @Test
  void aClientWaitsOnlyAWhileForAnAnswerOnTheOldTransport() throws Exception {
    loop.call(() -> {
      leader.begin(tcp);
      leader.switchTo(udp, true);
    });

    Eventually.holds("on the new one", () -> said.contains("udp first 2"));
  }

  @Test
  void aServerAnswersAndFollowsTheNewestNumberOnly() throws Exception {
    loop.call(() -> {
      assertThat(follower.switched(tcp, 2, true)).isTrue();
      assertThat(follower.switched(udp, 1, true)).isFalse(); // late
      assertThat(follower.switched(tcp, 2, true)).isFalse(); // repeated
      end.send(new byte[] {0x45});
    });

    assertThat(said).containsExactly("tcp first 2", "tcp first 2", "tcp packet");
  }

  @Test
  void aServerGoesBackToUdpWhenItsConnectionEnds() throws Exception {
    loop.call(() -> {
      follower.switched(tcp, 1, true);
      follower.ended(tcp);
      end.send(new byte[] {0x45});
    });

    assertThat(said).containsExactly("tcp first 1", "udp packet");
  }

  @Test
  void aServerSaysItsLastWhereTheClientDid() throws Exception {
    loop.call(() -> {
      follower.switched(tcp, 1, true);
      follower.switched(udp, 2, false); // it does not send there
      follower.switched(tcp, 2, false);
      follower.switched(udp, 2, true);
    });

    assertThat(said).containsExactly("tcp first 1", "tcp last 2", "udp first 2");
  }

  private final class Wire implements Transport {
    private final String name;

    Wire(String name) {
      this.name = name;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void send(byte[] bytes, int at, int length) {
      said.add(name + " " + text(bytes, at, length));
    }

    private static String text(byte[] bytes, int at, int length) {
      return DataMessage.type(bytes, at, length) != DataMessage.SWITCHED
          ? "packet"
          : (DataMessage.isFirst(bytes, at) ? "first " : "last ") + DataMessage.id(bytes, at);
    }

    @Override
    public void flush() {}

    @Override
    public boolean isBlocked() {
      return false;
    }

    @Override
    public void reading(boolean on) {}

    @Override
    public long dropped() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
