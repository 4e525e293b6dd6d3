package dev.teletun.tunnel.association;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LifetimeTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Lifetime SIXTEEN_RECORDS = new Lifetime(16, HOUR);

  private final CloseStack owned = new CloseStack();
  private @TempDir Path directory;
  private Keys keys;
  private EventLoop loop;

  @BeforeEach
  void start() throws IOException {
    keys = Keys.in(directory);
    loop = owned.own(EventLoop.start("lifetime-test"));
  }

  @AfterEach
  void stop() throws IOException {
    owned.close();
  }

  @Test
  void asksForANewAssociationInTime() throws Exception {
    LoopbackClient client = dial(serve(SIXTEEN_RECORDS), SIXTEEN_RECORDS);
    int sent = 0;
    while (!client.renewalDue()) {
      client.send("packet");
      sent++;
    }

    assertThat(sent).isBetween(9, 12);
    assertThat(client.maySend()).isTrue();
  }

  @Test
  void theServerClosesWhatAPeerDoesNotRenew() throws Exception {
    LoopbackServer server = serve(SIXTEEN_RECORDS);
    LoopbackClient client = dial(server, Lifetime.STANDARD);
    for (int i = 0; i < 16; i++) {
      client.send("packet " + i);
    }
    Eventually.holds("16 packets", () -> server.packets.size() == 16);

    client.send("one too many");
    Eventually.holds("the end", () -> server.expired.get() == 1);

    assertThat(server.maySend()).isFalse();
    assertThat(server.packets).doesNotContain("one too many");
  }

  @Test
  void theClientStopsWhenNothingFollows() throws Exception {
    LoopbackServer server = serve(Lifetime.STANDARD);
    LoopbackClient client = dial(server, SIXTEEN_RECORDS);
    for (int i = 0; i < 16; i++) {
      assertThat(client.maySend()).isTrue();
      client.send("packet " + i);
    }

    assertThat(client.maySend()).isFalse();
  }

  @Test
  void theClientStopsInTimeAlsoWhenItHasSentLittle() throws Exception {
    Lifetime brief = new Lifetime(1L << 28, Duration.ofMillis(400));
    LoopbackClient client = dial(serve(Lifetime.STANDARD), brief);
    assertThat(client.maySend()).isTrue();

    Eventually.holds("the end of its lifetime", client::isOver);

    assertThat(client.maySend()).isFalse();
  }

  @Test
  void endsAfterAnHourToo() throws Exception {
    AssociationPair pair = AssociationPair.make(keys);

    assertThat(Lifetime.STANDARD).isEqualTo(new Lifetime(268_435_456, HOUR));
    assertThat(Lifetime.STANDARD.isOver(pair.client(), HOUR.toNanos() - 1)).isFalse();
    assertThat(Lifetime.STANDARD.isOver(pair.client(), HOUR.toNanos())).isTrue();
    assertThat(Lifetime.STANDARD.isRenewalDue(pair.client(), Duration.ofMinutes(44).toNanos()))
        .isFalse();
    assertThat(Lifetime.STANDARD.isRenewalDue(pair.client(), Duration.ofMinutes(45).toNanos()))
        .isTrue();
  }

  private LoopbackServer serve(Lifetime lifetime) throws IOException {
    LoopbackServer server = owned.own(new LoopbackServer(loop, keys, lifetime));
    server.open();
    return server;
  }

  private LoopbackClient dial(LoopbackServer server, Lifetime lifetime) throws Exception {
    return owned
        .own(new LoopbackClient(loop, keys, server.address(), Optional.empty(), lifetime))
        .established();
  }
}
