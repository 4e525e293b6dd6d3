package dev.teletun.protocol.unix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GreetingTest {
  private static final String RESOLV_CONF = "nameserver 10.96.0.10\n";

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
      assertThat(rest.remaining()).isEqualTo(2);
    }
  }

  @Test
  void refusesAnotherProgramAndAnotherVersion() throws Exception {
    byte[] bytes = greetingAndTwoBytes();
    bytes[8] = 2;

    assertRefused(bytes, "version 2");
    assertRefused("SSH-2.0-OpenSSH".getBytes(US_ASCII), "-sockfile");
  }

  @Test
  void boundsBothTexts() throws Exception {
    byte[] head = Arrays.copyOf(greetingAndTwoBytes(), 12);
    byte[] flood = Arrays.copyOf(head, 100_000);
    Arrays.fill(flood, 12, flood.length, (byte) '1');
    assertRefused(flood, "8192 bytes of addresses");

    flood[12 + 8] = 0;
    System.arraycopy("10.0.2.7".getBytes(US_ASCII), 0, flood, 12, 8);
    assertRefused(flood, "65536 bytes of resolv.conf");
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> Greeting.encode(AddressList.parse("10.0.2.7"), "#".repeat(65_537)));
  }

  private static void assertRefused(byte[] bytes, String reason) {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> new Greeting.Decoder().offer(ByteBuffer.wrap(bytes)))
        .withMessageContaining(reason);
  }

  private static byte[] greetingAndTwoBytes() throws ControlException {
    byte[] greeting = Greeting.encode(AddressList.parse("10.0.2.7\nfd00::7"), RESOLV_CONF);
    return Arrays.copyOf(greeting, greeting.length + 2);
  }
}
