package dev.teletun.client.connect;

import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.Rung;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.dtls.keys.Pin;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.tunnel.association.Lifetime;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataChannelTest {
  @TempDir Path keys;

  @Test
  void saysWhatTheHandshakeSaysOfASilentPort() throws Exception {
    KeySet.generate(keys, false);
    Identity own = Identity.load(keys.resolve("client.key"), keys.resolve("client.pub"));
    Pin server = Pin.load(keys.resolve("server.pub"));
    InnerFilter filter = new InnerFilter(List.of(Addresses.parse("10.0.0.7")), Set.of());

    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      InetSocketAddress at = (InetSocketAddress) silent.getLocalSocketAddress();
      Attachment attachment =
          new Attachment(
              Candidate.direct(Rung.EXPLICIT, "", at.getAddress(), at.getPort(), at.getPort()),
              Optional.empty(),
              false,
              AddressList.parse("10.0.0.7"),
              ResolvConf.parse("nameserver 10.96.0.10"));

      assertThatIOException()
          .isThrownBy(() ->
              DataChannel.open(
                  attachment,
                  own,
                  server,
                  filter,
                  Lifetime.STANDARD,
                  Duration.ofSeconds(1),
                  _ -> {}))
          .withMessageStartingWith(
              "UDP %s gave no data association, although TCP to the same port works: no DTLS answer",
              Addresses.text(at));
    }
  }
}
