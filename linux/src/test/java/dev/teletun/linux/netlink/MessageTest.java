package dev.teletun.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {

  @Test
  void refusesADatagramCutAnywhereButBetweenMessages() throws Exception {
    ByteBuffer whole = buffer(200);
    Request.of("X", "", 30, 0).attribute(1, "abc").writeTo(whole, 0, 1);
    int first = whole.position();
    Request.of("X", "", 31, 0).attribute(2, 5).writeTo(whole, 0, 2);
    whole.flip();

    assertThat(Message.in(whole)).extracting(Message::type).containsExactly(30, 31);
    for (int length = 1; length < whole.limit(); length++) {
      ByteBuffer cut = whole.duplicate().limit(length);
      if (length == first) {
        assertThat(Message.in(cut)).hasSize(1);
      } else {
        assertThatExceptionOfType(MalformedMessageException.class)
            .as("length %d", length)
            .isThrownBy(() -> Message.in(cut));
      }
    }
  }

  @Test
  void refusesLengthsThatWouldNeverEndOrWrapAround() {
    for (int claimed : new int[] {0, 15, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      ByteBuffer bytes = buffer(16).putInt(0, claimed);

      assertThatExceptionOfType(MalformedMessageException.class)
          .as("claims %d", claimed)
          .isThrownBy(() -> Message.in(bytes));
    }
  }

  @Test
  void refusesABodyShorterThanItsHeaderAtEveryLength() throws Exception {
    for (int length = 0; length < 12; length++) {
      Message message = new Message(24, 0, 1, buffer(length));

      assertThatExceptionOfType(MalformedMessageException.class)
          .isThrownBy(() -> message.attributes(12));
    }
    assertThat(new Message(24, 0, 1, buffer(12)).attributes(12).u8(1)).isEmpty();
  }

  @Test
  void refusesAttributesThatReachOutside() {
    for (int claimed : new int[] {0, 3, 9, 0xFFFF}) {
      ByteBuffer bytes = buffer(8).putShort(0, (short) claimed);

      assertThatExceptionOfType(MalformedMessageException.class)
          .as("claims %d", claimed)
          .isThrownBy(() -> Attributes.of(bytes));
    }
  }

  @Test
  void refusesValuesOfTheWrongSize() throws Exception {
    ByteBuffer bytes = buffer(8);
    bytes.putShort((short) 5).putShort((short) 1).put((byte) 7);
    Attributes found = Attributes.of(bytes.flip());

    assertThat(found.u8(1)).hasValue(7);
    assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> found.u32(1));
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> found.bigEndianU16(1));
    assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> found.address(1));
  }

  @Test
  void findsTheKernelsExplanationBehindACappedAndAnEchoedRequest() throws Exception {
    int tlvs = 0x200;
    int capped = 0x100;

    assertThat(Outcome.of(refusal(-17, capped | tlvs, 16))).isEqualTo(new Outcome(17, "because"));
    assertThat(Outcome.of(refusal(-22, tlvs, 40))).isEqualTo(new Outcome(22, "because"));
    assertThat(Outcome.of(refusal(-22, capped, 16))).isEqualTo(new Outcome(22, ""));
    assertThat(Outcome.of(refusal(0, capped | tlvs, 16))).isEqualTo(Outcome.DONE);
  }

  @Test
  void refusesAnErrorThatClaimsALongerRequestThanItEchoes() {
    for (int claimed : new int[] {100, Integer.MAX_VALUE, Integer.MIN_VALUE, -5}) {
      Message message = refusal(-22, 0x200, 16);
      message.body().putInt(4, claimed);

      assertThatExceptionOfType(MalformedMessageException.class)
          .as("claims %d", claimed)
          .isThrownBy(() -> Outcome.of(message));
    }
  }

  /** A struct nlmsgerr about a request of {@code echoed} bytes, with the text "because". */
  private static Message refusal(int error, int flags, int echoed) {
    byte[] text = "because\0".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer body = buffer(4 + echoed + 4 + text.length);
    body.putInt(0, error).putInt(4, echoed);
    body.position(4 + echoed);
    body.putShort((short) (4 + text.length)).putShort((short) 1).put(text);
    return new Message(Message.NLMSG_ERROR, flags, 1, body.flip());
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  @Test
  void acceptsAnEmptyDatagram() throws Exception {
    assertThat(Message.in(buffer(0))).isEqualTo(List.of());
  }
}
