package dev.teletun.client.dns.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.protocol.address.Addresses;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the programs say, as Debian 12 has them. */
class RegistryAnswersTest {
  private static final String OPENRESOLV =
      """
      # resolv.conf from tun.tel0.teletun
      search home.example
      nameserver 127.116.0.1

      # resolv.conf from eth0.dhclient
      nameserver 192.168.50.1
      nameserver fd00:50::1
      search home.example
      options timeout:3

      # resolv.conf from eth1.inet
      nameserver 192.168.50.1
      nameserver 10.1.1.1
      search corp.example home.example
      """;

  private static final String NETWORK_MANAGER =
      """
      {"type":"aa{sv}","data":[\
      {"nameservers":{"type":"as","data":["127.116.0.1"]},"priority":{"type":"i","data":100}},\
      {"nameservers":{"type":"as","data":["10.1.1.1","fd00::1"]},"interface":{"type":"s","data":"tun0"},\
      "priority":{"type":"i","data":50},"vpn":{"type":"b","data":true}},\
      {"nameservers":{"type":"as","data":["192.168.50.1"]},"domains":{"type":"as","data":["home.example"]},\
      "interface":{"type":"s","data":"wlan0"},"priority":{"type":"i","data":100},"vpn":{"type":"b","data":false}}]}
      """;

  @Test
  void everybodyElsesRecordsAreThoseWithoutOurs() {
    ResolverLines others = Resolvconf.without(OPENRESOLV, "tun.tel0.teletun");

    assertThat(others.servers())
        .extracting(Addresses::text)
        .containsExactly("192.168.50.1", "fd00:50::1", "10.1.1.1");
    assertThat(others.search()).containsExactly("home.example", "corp.example");
    assertThat(others.options()).containsExactly("timeout:3");
  }

  @Test
  void anotherClientsRecordIsSomebodyElses() {
    assertThat(Resolvconf.without(OPENRESOLV, "tun.tel1.teletun").servers())
        .contains(Addresses.parse("127.116.0.1"));
  }

  @Test
  void linksCountAndWhatHoldsForAllDoesNot() {
    ResolverLines others = NetworkManager.ofLinks(NETWORK_MANAGER);

    assertThat(others.servers())
        .extracting(Addresses::text)
        .containsExactly("10.1.1.1", "fd00::1", "192.168.50.1");
    assertThat(others.search()).containsExactly("home.example");
  }

  @ParameterizedTest
  @CsvSource({"'',''", "garbage,''", "'{\"type\":\"aa{sv}\",\"data\":[{\"nameservers\"',''"})
  void answersWithoutSenseNameNobody(String answer) {
    assertThat(NetworkManager.ofLinks(answer).servers()).isEmpty();
    assertThat(Resolvconf.without(answer, "x").servers()).isEmpty();
  }

  @Test
  void aRecordSearchesWhatOthersDoAndNothingThatIsNoDomain() {
    ResolverLines lines =
        ResolverLines.parse(
            "search a.example b$(x).example\noptions rotate ;x\nnameserver 1.1.1.1");

    assertThat(lines.naming(List.of(Addresses.parse("127.116.0.1"))))
        .isEqualTo("search a.example\noptions rotate\nnameserver 127.116.0.1\n");
  }

  @ParameterizedTest
  @CsvSource({
    "0, openresolv 3.12.0, OPENRESOLV",
    "0, Debian resolvconf 1.91+nmu1, DEBIAN",
    "99, resolvconf: Error: Command not recognized, DEBIAN",
    "0, systemd 252 (252.39-1~deb12u2), SYSTEMD"
  })
  void theProgramsCalledResolvconfAreToldApart(int exit, String says, ResolvconfKind kind)
      throws Exception {
    assertThat(ResolvconfKind.of(exit, says)).isEqualTo(kind);
  }

  @Test
  void anUnknownProgramIsNone() {
    assertThatIOException()
        .isThrownBy(() -> ResolvconfKind.of(1, "hello\n\u001b[31mworld"))
        .withMessageContaining("ended with 1 and said \"hello\"");
  }
}
