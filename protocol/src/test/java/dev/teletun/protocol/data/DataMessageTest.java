package dev.teletun.protocol.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.protocol.message.Token;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DataMessageTest {
  private static final Token TOKEN = new Token(1, -1);

  @Test
  void tellsMessagesFromPackets() {
    assertThat(DataMessage.isMessage(new byte[] {0x45}, 0, 1)).isFalse();
    assertThat(DataMessage.isMessage(new byte[] {0x60}, 0, 1)).isFalse();
    assertThat(DataMessage.isMessage(new byte[] {0x0f}, 0, 1)).isTrue();
    assertThat(DataMessage.isMessage(new byte[0], 0, 0)).isFalse();
    assertThat(DataMessage.type(new byte[] {0x45}, 0, 1)).isEqualTo(DataMessage.NONE);
    assertThat(DataMessage.type(new byte[0], 0, 0)).isEqualTo(DataMessage.NONE);
  }

  @Test
  void carriesWhatItWasGiven() {
    byte[] hello = DataMessage.hello(TOKEN);
    byte[] echo = DataMessage.echo(DataMessage.ECHO_ACK, 0xdeadbeef);
    byte[] probe = DataMessage.probe(9, 1280);
    byte[] ack = DataMessage.probeAck(9, 65_000);

    assertThat(DataMessage.type(hello, 0, hello.length)).isEqualTo(DataMessage.HELLO);
    assertThat(DataMessage.token(hello, 0)).isEqualTo(TOKEN);
    assertThat(DataMessage.type(echo, 0, echo.length)).isEqualTo(DataMessage.ECHO_ACK);
    assertThat(DataMessage.id(echo, 0)).isEqualTo(0xdeadbeef);
    assertThat(probe).hasSize(1280);
    assertThat(DataMessage.type(probe, 0, probe.length)).isEqualTo(DataMessage.PROBE);
    assertThat(DataMessage.id(probe, 0)).isEqualTo(9);
    assertThat(DataMessage.type(ack, 0, ack.length)).isEqualTo(DataMessage.PROBE_ACK);
    assertThat(DataMessage.size(ack, 0)).isEqualTo(65_000);
    assertThat(DataMessage.probe(9, 0)).hasSize(5);
    assertThat(DataMessage.bare(DataMessage.HELLO_ACK)).containsExactly(DataMessage.HELLO_ACK);
  }

  @Test
  void tellsTheFirstMessageOnATransportFromTheLast() {
    byte[] first = DataMessage.switched(-2, true);
    byte[] last = DataMessage.switched(7, false);

    assertThat(DataMessage.type(first, 0, first.length)).isEqualTo(DataMessage.SWITCHED);
    assertThat(DataMessage.id(first, 0)).isEqualTo(-2);
    assertThat(DataMessage.isFirst(first, 0)).isTrue();
    assertThat(DataMessage.id(last, 0)).isEqualTo(7);
    assertThat(DataMessage.isFirst(last, 0)).isFalse();
  }

  @Test
  void takesNoMessageThatIsCut() {
    for (byte[] whole :
        new byte[][] {
          DataMessage.hello(TOKEN),
          DataMessage.echo(DataMessage.ECHO, 1),
          DataMessage.probe(1, 5),
          DataMessage.probeAck(1, 2),
          DataMessage.switched(1, true)
        }) {
      for (int length = 0; length < whole.length; length++) {
        assertThat(DataMessage.type(Arrays.copyOf(whole, length), 0, length))
            .isEqualTo(DataMessage.NONE);
      }
    }
  }

  @Test
  void readsAtAnOffset() {
    byte[] hello = DataMessage.hello(TOKEN);
    byte[] inside = new byte[hello.length + 3];
    System.arraycopy(hello, 0, inside, 3, hello.length);

    assertThat(DataMessage.type(inside, 3, hello.length)).isEqualTo(DataMessage.HELLO);
    assertThat(DataMessage.token(inside, 3)).isEqualTo(TOKEN);
  }
}
