package dev.teletun.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ControlException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {
  private static final Token TOKEN = new Token(0x0102030405060708L, -2);

  static Stream<ControlMessage> messages() throws ControlException {
    AddressList addresses =
        AddressList.of(
            List.of(Addresses.parse("10.0.2.7"), Addresses.parse("fd00::7")),
            AddressList.Ipv4.OPTIONAL);
    return Stream.of(
        new ControlMessage.Attach(UUID.randomUUID(), Optional.of(TOKEN), true, "ann@laptop"),
        new ControlMessage.Attach(UUID.randomUUID(), Optional.empty(), false, ""),
        new ControlMessage.Attached(TOKEN, true),
        new ControlMessage.Attached(TOKEN, false),
        new ControlMessage.Busy("Jörg's laptop", Instant.ofEpochSecond(1_700_000_000)),
        new ControlMessage.Ping(Long.MIN_VALUE),
        new ControlMessage.Pong(7),
        new ControlMessage.Drain(Duration.ofSeconds(5)),
        new ControlMessage.AddressesChanged(addresses, "search ä\nnameserver 10.96.0.10\n"),
        new ControlMessage.Facts(
            1376,
            1450,
            "cluster.local",
            List.of(Prefix.parse("10.96.0.0/12"), Prefix.parse("fd00:10::/64"))),
        new ControlMessage.Facts(0, 0, "", List.of()),
        new ControlMessage.Bye("the user asked for it"));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void comesOutAsItWentIn(ControlMessage message) throws IOException {
    MessageReader reader = reader(MessageWriter.encode(message));

    assertThat(reader.read()).contains(message);
    assertThat(reader.read()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void refusesAMessageCutAnywhere(ControlMessage message) throws IOException {
    byte[] whole = MessageWriter.encode(message);

    for (int length = 1; length < whole.length; length++) {
      MessageReader reader = reader(Arrays.copyOf(whole, length));

      assertThatThrownBy(reader::read)
          .as("cut to %d", length)
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("ended inside a message");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void refusesABodyThatIsTooShort(int type) {
    assertThatThrownBy(() -> reader(new byte[] {(byte) type, 0, 0, 0}).read())
        .isInstanceOf(ControlException.class);
  }

  @Test
  void skipsWhatItDoesNotKnowAndWhatALaterVersionAppends() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {99, 0, 0, 3, 1, 2, 3});
    bytes.write(new byte[] {4, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 5, 77, 77});
    bytes.write(MessageWriter.encode(new ControlMessage.Bye("x")));
    MessageReader reader = reader(bytes.toByteArray());

    assertThat(reader.read()).contains(new ControlMessage.Ping(5));
    assertThat(reader.read()).contains(new ControlMessage.Bye("x"));
  }

  @Test
  void readsNoLongBodyOfAnyType() {
    byte[] announced = {99, 2, 0, 1};

    assertThatThrownBy(() -> reader(announced).read())
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("131073 bytes, at most 131072");
  }

  @Test
  void refusesAPrefixThatCannotBe() {
    byte[] facts = {8, 0, 0, 11, 0, 0, 0, 0, 0, 4, 33, 10, 0, 0, 0};

    assertThatThrownBy(() -> reader(facts).read())
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("family 4 with 33 bits");
  }

  @Test
  void refusesAPrefixOfIpv4InIpv6Clothes() {
    byte[] facts = new byte[4 + 5 + 18];
    facts[0] = 8;
    facts[3] = 5 + 18;
    facts[9] = 6;
    facts[10] = 96;
    facts[21] = -1;
    facts[22] = -1;

    assertThatThrownBy(() -> reader(facts).read())
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("clothes");
  }

  @Test
  void cutsTextsOnBothSides() throws IOException {
    byte[] sent = MessageWriter.encode(new ControlMessage.Bye("x".repeat(1000)));

    assertThat(sent).hasSize(4 + 256);
    assertThat(reader(sent).read()).contains(new ControlMessage.Bye("x".repeat(256)));
  }

  @Test
  void keepsATokenOutOfMessages() {
    assertThat(new ControlMessage.Attached(TOKEN, true).toString())
        .doesNotContain(Long.toString(TOKEN.high()), Long.toHexString(TOKEN.high()));
    assertThat(TOKEN.matches(new Token(TOKEN.high(), TOKEN.low()))).isTrue();
    assertThat(TOKEN.matches(new Token(TOKEN.high() ^ 1, TOKEN.low()))).isFalse();
    assertThat(TOKEN.matches(new Token(TOKEN.high(), TOKEN.low() ^ 1))).isFalse();
    assertThat(Token.random()).isNotEqualTo(Token.random());
  }

  private static MessageReader reader(byte[] bytes) {
    return new MessageReader(new ByteArrayInputStream(bytes));
  }
}
