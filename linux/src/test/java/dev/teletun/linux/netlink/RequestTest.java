package dev.teletun.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestTest {

  @Test
  void readsBackWhatItWrote() throws Exception {
    Request request =
        Request.of("RTM_NEWROUTE", "10.0.0.0/8", 24, Request.NLM_F_CREATE)
            .u8(2, 8, 0, 0)
            .u32(0x01020304)
            .attribute(1, InetAddress.ofLiteral("10.0.0.0"))
            .attribute(2, 7)
            .attribute(3, "tel0")
            .byteAttribute(4, 200);

    Message message = onlyMessage(request);

    assertThat(message.type()).isEqualTo(24);
    assertThat(message.flags()).isEqualTo(0x405);
    assertThat(message.sequence()).isEqualTo(9);
    Attributes found = message.attributes(8);
    assertThat(message.u8(1)).isEqualTo(8);
    assertThat(message.u32(4)).isEqualTo(0x01020304);
    assertThat(found.address(1)).contains(InetAddress.ofLiteral("10.0.0.0"));
    assertThat(found.u32(2)).hasValue(7);
    assertThat(found.text(3)).contains("tel0");
    assertThat(found.u8(4)).hasValue(200);
    assertThat(found.u32(5)).isEmpty();
  }

  @Test
  void padsEveryAttributeToFourBytes() {
    for (int bytes = 0; bytes < 9; bytes++) {
      Request request = Request.of("X", "", 1, 0).attribute(1, new byte[bytes]);

      assertThat(request.length()).isEqualTo(16 + 4 + (bytes + 3) / 4 * 4);
    }
  }

  @Test
  void growsWithItsContents() throws Exception {
    Request request = Request.of("X", "", 1, 0);
    for (int i = 1; i <= 1000; i++) {
      request.attribute(i, i * 3);
    }

    Attributes found = onlyMessage(request).attributes(0);

    assertThat(found.u32(1)).hasValue(3);
    assertThat(found.u32(1000)).hasValue(3000);
  }

  @Test
  void nestsAttributes() throws Exception {
    ByteBuffer inner = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
    inner.putShort((short) 6).putShort((short) 2).put((byte) 0x12).put((byte) 0x34);

    Attributes found =
        onlyMessage(Request.of("X", "", 1, 0).nested(1, inner.array())).attributes(0);

    assertThat(found.nested(1).bigEndianU16(2)).hasValue(0x1234);
    assertThat(found.nested(7).u8(1)).isEmpty();
  }

  @Test
  void refusesAnAttributeThatItsLengthFieldCannotSay() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Request.of("RTM_X", "y", 1, 0).attribute(5, new byte[0xFFFC]))
        .withMessageContaining("RTM_X(y)")
        .withMessageContaining("65531");
  }

  private static Message onlyMessage(Request request) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(16 * 1024).order(ByteOrder.nativeOrder());
    request.writeTo(bytes, Request.NLM_F_ACK, 9);
    List<Message> messages = Message.in(bytes.flip());
    assertThat(messages).hasSize(1);
    return messages.get(0);
  }
}
