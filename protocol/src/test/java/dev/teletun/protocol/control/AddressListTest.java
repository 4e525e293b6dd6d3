package dev.teletun.protocol.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.protocol.address.Addresses;
import java.net.Inet6Address;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressListTest {

  @Test
  void readsWhatItWrites() throws Exception {
    AddressList list = AddressList.parse("10.0.2.7\nfd00::7\nfd00:0:0:1::7\n");

    assertThat(list.ipv4()).hasValue((java.net.Inet4Address) Addresses.parse("10.0.2.7"));
    assertThat(list.ipv6()).hasSize(2);
    assertThat(AddressList.parse(list.format())).isEqualTo(list);
  }

  @Test
  void removesTheZoneThatAnInterfaceAddressCarries() throws Exception {
    byte[] bytes = Addresses.parse("fd00::7").getAddress();

    AddressList list =
        AddressList.of(
            List.of(Addresses.parse("10.0.2.7"), Inet6Address.getByAddress(null, bytes, 3)));

    assertThat(list.format()).isEqualTo("10.0.2.7\nfd00::7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|not an IP address",
        "fd00::7|IPv6-only",
        "10.0.2.7,10.0.2.8|2 IPv4",
        "10.0.2.7,fd00::7,fd00:0::7|twice",
        "10.0.2.7,,fd00::7|not an IP address",
        "10.0.2.7 |not an IP address",
        "10.0.2.7\\r|\\u000d",
        "10.0.2.7,localhost|localhost",
        "10.0.2.7,fe80::1%eth0|not an IP address",
        "127.0.0.1|loopback",
        "10.0.2.7,::1|loopback",
        "0.0.0.0|unspecified",
        "224.0.0.1|multicast",
        "10.0.2.7,ff02::1|multicast",
        "169.254.1.1|link-local",
        "10.0.2.7,fe80::1|link-local",
        "255.255.255.255|broadcast",
        "10.0.2.7,::ffff:1.2.3.4|IPv6 clothes",
        "HTTP/1.1 400 Bad Request|TeleTUN server"
      },
      ignoreLeadingAndTrailingWhitespace = false)
  void refuses(String lines, String reason) {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> AddressList.parse(lines.replace(',', '\n').replace("\\r", "\r")))
        .withMessageContaining(reason);
  }

  @Test
  void refusesMoreIpv6AddressesThanALimit() {
    String many =
        IntStream.rangeClosed(1, 65)
            .mapToObj(i -> "fd00::" + Integer.toHexString(i))
            .collect(Collectors.joining("\n", "10.0.2.7\n", ""));

    assertThatExceptionOfType(ControlException.class).isThrownBy(() -> AddressList.parse(many));
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> AddressList.parse("1".repeat(8193)))
        .withMessageContaining("8192 bytes");
  }

  @Test
  void doesWithoutIpv4WhereVersion2Allows() throws Exception {
    assertThat(AddressList.parse("fd00::7", AddressList.Ipv4.OPTIONAL).ipv4()).isEmpty();
  }

  @Test
  void survivesTruncationAtEveryLength() throws Exception {
    String text = "10.0.2.7\nfd00::7";
    for (int length = 0; length < text.length(); length++) {
      String cut = text.substring(0, length);
      try {
        assertThat(AddressList.parse(cut).addresses()).isNotEmpty();
      } catch (ControlException e) {
        assertThat(e).hasMessageContaining("refused");
      }
    }
  }
}
