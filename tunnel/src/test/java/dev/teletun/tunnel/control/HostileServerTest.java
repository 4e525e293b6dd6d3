package dev.teletun.tunnel.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.dtls.control.ControlTls;
import dev.teletun.dtls.keys.Identity;
import dev.teletun.dtls.keys.KeySet;
import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.ResolvConf;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with the right key that says the wrong things. */
@Timeout(30)
class HostileServerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String RESOLV_CONF = "nameserver 10.96.0.10\n";

  private final CountDownLatch done = new CountDownLatch(1);
  private @TempDir Path keys;
  private Identity server;
  private Identity client;
  private ServerSocket listener;

  @BeforeEach
  void listen() throws Exception {
    KeySet.generate(keys, false);
    server = Identity.load(keys.resolve("server.key"), keys.resolve("server.pub"));
    client = Identity.load(keys.resolve("client.key"), keys.resolve("client.pub"));
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    done.countDown();
    listener.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "10.0.2.7\r",
        "10.0.2.7\u001b[2J",
        "10.0.2.7\n10.0.2.8",
        "fd00::7",
        "localhost",
        ""
      })
  void refusesAnAddressListThatIsNoneAndQuotesItSafely(String list) {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> dial(list + "\0" + RESOLV_CONF + "\0"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
  }

  @Test
  void refusesSixtyFiveIpv6Addresses() {
    String list =
        "10.0.2.7\n"
            + IntStream.rangeClosed(1, 65)
                .mapToObj(i -> "fd00::" + Integer.toHexString(i))
                .collect(Collectors.joining("\n"));

    assertThatIOException().isThrownBy(() -> dial(list + "\0" + RESOLV_CONF + "\0"));
  }

  @Test
  void stopsReadingAMegabyteOfAddressesEarly() {
    assertThatIOException()
        .isThrownBy(() -> dial("10.0.2.7\n".repeat(120_000)))
        .withMessageContaining("NUL");
  }

  @Test
  void noticesThatTheTextEndsWithoutNul() {
    assertThatIOException().isThrownBy(() -> dial("10.0.2.7")).withMessageContaining("NUL");
  }

  /** Each byte comes in time; all of them together do not. */
  @Test
  void givesUpOnAServerThatDripsItsAddresses() {
    Thread.ofPlatform().daemon().start(this::drip);

    assertThatIOException()
        .isThrownBy(() -> dial(Duration.ofSeconds(2)))
        .withMessageContaining("did not answer within 2 s");
  }

  private void drip() {
    try (Socket accepted = listener.accept()) {
      SSLSocket tls = ControlTls.server(accepted, server, client.pin());
      tls.startHandshake();
      for (int i = 0; !done.await(100, TimeUnit.MILLISECONDS); i++) {
        tls.getOutputStream().write("10.0.2.7\n".charAt(i % 9));
      }
    } catch (IOException e) {
      // The client has hung up, as it should.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void believesOfAResolvConfOnlyWhatAResolverNeeds() throws Exception {
    String text =
        "nameserver 10.96.0.10\nnameserver `reboot`\nsearch $(reboot) cluster.local\n; rm -rf /\n";

    try (ClientSession session = dial("10.0.2.7\0" + text + "\0")) {
      String believed = ResolvConf.parse(session.resolvConf()).format();

      assertThat(believed).contains("nameserver 10.96.0.10").contains("cluster.local");
      assertThat(believed).doesNotContain("$", "`", ";", "reboot");
    }
  }

  /** What a firewall or a port forward without anybody behind it does. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void saysWhatMayHaveEndedTheConnectionDuringTheHandshake(boolean reset) {
    Thread.ofPlatform().daemon().start(() -> hangUp(reset));

    assertThatIOException()
        .isThrownBy(() -> dial(PATIENCE))
        .withMessageContaining("ended the TCP connection before the session began")
        .withMessageContaining("firewall");
  }

  private void hangUp(boolean reset) {
    try (Socket accepted = listener.accept()) {
      accepted.setSoLinger(reset, 0);
      if (!reset) {
        int hello = accepted.getInputStream().read(new byte[2_000]);
        assertThat(hello).isPositive();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ClientSession dial(String says) throws IOException {
    Thread.ofPlatform().daemon().start(() -> serve(says));
    return dial(PATIENCE);
  }

  private ClientSession dial(Duration patience) throws IOException {
    return ClientSession.dial(
        new Socket(),
        new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()),
        client,
        server.pin(),
        patience);
  }

  /** Says it, and keeps the connection open if all was said. */
  private void serve(String says) {
    try (Socket accepted = listener.accept()) {
      SSLSocket tls = ControlTls.server(accepted, server, client.pin());
      tls.startHandshake();
      OutputStream out = tls.getOutputStream();
      out.write(says.getBytes(ISO_8859_1));
      if (says.endsWith("\0")) {
        done.await();
      }
    } catch (IOException e) {
      // The client has hung up, as it should.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
