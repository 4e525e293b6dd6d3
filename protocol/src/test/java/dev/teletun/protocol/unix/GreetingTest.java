package dev.teletun.protocol.unix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GreetingTest {
  private static final String RESOLV_CONF = "nameserver 10.96.0.10\n";
  private static final PodFacts FACTS =
      new PodFacts(
          1450, List.of(Prefix.parse("10.0.2.0/24"), Prefix.parse("fd00::/64")), true, true);

  @Test
  void isReadHoweverItWasCut() throws Exception {
    byte[] bytes = greetingAndTwoBytes();
    for (int cut = 0; cut <= bytes.length - 2; cut++) {
      Greeting.Decoder decoder = new Greeting.Decoder();
      ByteBuffer rest = ByteBuffer.wrap(bytes, cut, bytes.length - cut);

      Optional<Greeting> early = decoder.offer(ByteBuffer.wrap(bytes, 0, cut));
      Greeting greeting = early.isPresent() ? early.get() : decoder.offer(rest).orElseThrow();

      assertThat(early.isPresent()).isEqualTo(cut == bytes.length - 2);
      assertThat(greeting.addresses()).isEqualTo(AddressList.parse("10.0.2.7\nfd00::7"));
      assertThat(greeting.resolvConf()).isEqualTo(RESOLV_CONF);
      assertThat(greeting.facts()).isEqualTo(FACTS);
      assertThat(rest.remaining()).isEqualTo(2);
    }
  }

  @Test
  void refusesAnotherProgramAndAnotherVersion() throws Exception {
    byte[] bytes = greetingAndTwoBytes();
    bytes[8] = 1;

    assertRefused(bytes, "version 1");
    assertRefused("SSH-2.0-OpenSSH".getBytes(US_ASCII), "-sockfile");
  }

  @Test
  void boundsItsTexts() throws Exception {
    byte[] head = Arrays.copyOf(greetingAndTwoBytes(), 12);
    byte[] flood = Arrays.copyOf(head, 100_000);
    Arrays.fill(flood, 12, flood.length, (byte) '1');
    assertRefused(flood, "8192 bytes of addresses");

    flood[12 + 8] = 0;
    System.arraycopy("10.0.2.7".getBytes(US_ASCII), 0, flood, 12, 8);
    assertRefused(flood, "65536 bytes of resolv.conf");
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() ->
            Greeting.encode(AddressList.parse("10.0.2.7"), "#".repeat(65_537), PodFacts.NONE));
  }

  @Test
  void mayBeOfAPodWithoutIpv4() throws Exception {
    AddressList addresses = AddressList.parse("fd00::7", AddressList.Ipv4.OPTIONAL);
    byte[] bytes = Greeting.encode(addresses, RESOLV_CONF, PodFacts.NONE);

    Greeting read = new Greeting.Decoder().offer(ByteBuffer.wrap(bytes)).orElseThrow();

    assertThat(read.addresses()).isEqualTo(addresses);
  }

  @Test
  void passesOverFactsOfALaterVersionAndRefusesBrokenOnes() throws Exception {
    assertThat(PodFacts.parse("nodes 3\nmtu 1400\non-link 10.0.2.0/24"))
        .isEqualTo(new PodFacts(1400, List.of(Prefix.parse("10.0.2.0/24")), false, false));
    assertThatExceptionOfType(ControlException.class).isThrownBy(() -> PodFacts.parse("mtu many"));
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> PodFacts.parse("on-link 10.0.2.0/99"));
  }

  private static void assertRefused(byte[] bytes, String reason) {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> new Greeting.Decoder().offer(ByteBuffer.wrap(bytes)))
        .withMessageContaining(reason);
  }

  private static byte[] greetingAndTwoBytes() throws ControlException {
    byte[] greeting = Greeting.encode(AddressList.parse("10.0.2.7\nfd00::7"), RESOLV_CONF, FACTS);
    return Arrays.copyOf(greeting, greeting.length + 2);
  }
}
