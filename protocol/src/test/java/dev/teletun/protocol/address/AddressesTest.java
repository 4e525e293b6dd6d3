package dev.teletun.protocol.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.2.7, 10.0.2.7",
    "fd00:10:244:0:0:0:0:3, fd00:10:244::3",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8::1:0:0:1, 2001:db8::1:0:0:1",
    "::1, ::1",
    "::, ::",
    "fe80::, fe80::"
  })
  void writesAddressesAsRfc5952Does(String any, String shortest) {
    assertThat(Addresses.text(Addresses.parse(any))).isEqualTo(shortest);
  }

  @Test
  void writesEndpointsWithBracketsWhereAColonWouldMislead() {
    assertThat(Addresses.text(new InetSocketAddress(Addresses.parse("fd00::7"), 5555)))
        .isEqualTo("[fd00::7]:5555");
    assertThat(Addresses.text(new InetSocketAddress(Addresses.parse("10.0.2.7"), 5555)))
        .isEqualTo("10.0.2.7:5555");
    assertThat(Addresses.text(List.of(Addresses.parse("10.0.2.7"), Addresses.parse("fd00::7"))))
        .isEqualTo("10.0.2.7 fd00::7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "10.0.2", "10.0.2.256", "0x0a000207", "fe80::1%eth0"})
  void refusesWhatIsNoAddressWithoutAskingANameServer(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Addresses.parse(text))
        .withMessageContaining("write it as");
  }

  @Test
  void clearsTheHostBitsOfAPrefix() {
    assertThat(Prefix.parse("10.96.7.9/16")).hasToString("10.96.0.0/16");
    assertThat(Prefix.parse("fd00::7")).hasToString("fd00::7/128");
    assertThat(Prefix.parse("10.96.0.0/16").contains(Addresses.parse("10.96.255.1"))).isTrue();
    assertThat(Prefix.parse("10.96.0.0/16").contains(Addresses.parse("10.97.0.1"))).isFalse();
    assertThat(Prefix.parse("0.0.0.0/0").contains(Addresses.parse("::1"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "fd00::/129", "/8"})
  void refusesWhatIsNoPrefix(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Prefix.parse(text));
  }
}
