package dev.teletun.client.host.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExposedPortsTest {
  @ParameterizedTest
  @CsvSource({
    "8080, tcp dport 8080-8080",
    "53/udp, udp dport 53-53",
    "53/tcp, tcp dport 53-53",
    "8000-8010, tcp dport 8000-8010",
    "5432:from=10.244.0.0/16, ip saddr 10.244.0.0/16 tcp dport 5432-5432",
    "5432/udp:from=fd00::/8, ip6 saddr fd00::/8 udp dport 5432-5432",
  })
  void becomesTheConditionOfARule(String text, String condition) {
    assertThat(ExposedPorts.parse(text).condition()).isEqualTo(condition);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8080", "53/udp", "8000-8010", "5432:from=10.244.0.0/16"})
  void isWrittenAsItWasRead(String text) {
    assertThat(ExposedPorts.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "web",
        "0",
        "65536",
        "9-8",
        "80/sctp",
        "80:from=",
        "80:from=here",
        "80; flush ruleset",
        "99999999999"
      })
  void refusesEverythingElse(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ExposedPorts.parse(text));
  }

  @Test
  void saysWhatIsExposed() {
    assertThat(Exposed.NOTHING).hasToString("nothing");
    assertThat(Exposed.EVERYTHING).hasToString("everything");
    assertThat(new Exposed(false, List.of(ExposedPorts.parse("80"), ExposedPorts.parse("53/udp"))))
        .hasToString("80, 53/udp");
  }
}
