package dev.teletun.client.dns.way;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WayChoiceTest {
  private static final WayChoice.Ping ANSWERS = () -> {};
  private static final WayChoice.Ping SILENT =
      () -> {
        throw new IOException("systemd-resolved: Ping: no such name");
      };
  private static final String STUB = "nameserver 127.0.0.53\nsearch office.example\n";
  private static final String ROUTER = "nameserver 192.0.2.1\n";
  private static final String PLAIN = "hosts: files dns\n";

  @Test
  void takesResolvedWhereResolvConfNamesItsStubAlone() throws IOException {
    WayChoice choice = WayChoice.of(DnsMode.AUTO, facts(STUB, PLAIN), ANSWERS);

    assertThat(choice.mode()).isEqualTo(DnsMode.RESOLVED);
    assertThat(choice.reason()).contains("names only 127.0.0.53", "answers");
    assertThat(WayChoice.of(DnsMode.AUTO, facts("nameserver 127.0.0.54\n", PLAIN), ANSWERS).mode())
        .isEqualTo(DnsMode.RESOLVED);
  }

  @Test
  void takesResolvedWhereLibcAsksItBeforeDns() throws IOException {
    String fedora = "hosts: files myhostname resolve [!UNAVAIL=return] dns # usual\n";

    WayChoice choice = WayChoice.of(DnsMode.AUTO, facts(ROUTER, fedora), ANSWERS);

    assertThat(choice.mode()).isEqualTo(DnsMode.RESOLVED);
    assertThat(choice.reason()).contains("asks resolve before dns");
  }

  @Test
  void interceptsWhereResolvedOnlyRuns() throws IOException {
    WayChoice.Ping neverAsked =
        () -> {
          throw new AssertionError("asking may start it");
        };

    for (String nsswitch : new String[] {PLAIN, "hosts: files dns resolve\n", "", "hosts:\n"}) {
      WayChoice choice = WayChoice.of(DnsMode.AUTO, facts(ROUTER, nsswitch), neverAsked);

      assertThat(choice.mode()).isEqualTo(DnsMode.INTERCEPT);
      assertThat(choice.reason()).contains("not in charge");
    }
  }

  @Test
  void interceptsWhereAnotherServerIsNamedBesides() throws IOException {
    WayChoice choice = WayChoice.of(DnsMode.AUTO, facts(STUB + ROUTER, PLAIN), ANSWERS);

    assertThat(choice.mode()).isEqualTo(DnsMode.INTERCEPT);
  }

  @Test
  void interceptsWhereResolvedShouldAnswerAndDoesNot() throws IOException {
    WayChoice choice = WayChoice.of(DnsMode.AUTO, facts(STUB, PLAIN), SILENT);

    assertThat(choice.mode()).isEqualTo(DnsMode.INTERCEPT);
    assertThat(choice.reason()).contains("127.0.0.53", "does not answer", "no such name");
  }

  @Test
  void doesAsItIsTold() throws IOException {
    assertThat(WayChoice.of(DnsMode.INTERCEPT, facts(STUB, PLAIN), ANSWERS))
        .isEqualTo(new WayChoice(DnsMode.INTERCEPT, "-dns=intercept says so"));
    assertThat(WayChoice.of(DnsMode.RESOLVED, facts(STUB, PLAIN), ANSWERS).mode())
        .isEqualTo(DnsMode.RESOLVED);
  }

  @Test
  void saysWhyResolvedCannotWorkAndWhatToDo() {
    assertThatIOException()
        .isThrownBy(() -> WayChoice.of(DnsMode.RESOLVED, facts(ROUTER, PLAIN), ANSWERS))
        .withMessageContaining("/etc/resolv.conf names servers other than systemd-resolved's")
        .withMessageContaining("Leave -dns out");
    assertThatIOException()
        .isThrownBy(() -> WayChoice.of(DnsMode.RESOLVED, facts(STUB, PLAIN), SILENT))
        .withMessageContaining("no such name")
        .withMessageContaining("systemctl start systemd-resolved");
  }

  private static ResolverFacts facts(String resolvConf, String nsswitch) {
    return new ResolverFacts(
        Path.of("/etc/resolv.conf"),
        NameServers.parse(resolvConf),
        ResolverFacts.hostSources(nsswitch),
        Writer.OTHER);
  }
}
