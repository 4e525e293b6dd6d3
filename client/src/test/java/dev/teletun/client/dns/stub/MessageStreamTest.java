package dev.teletun.client.dns.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageStreamTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 65_536})
  void cutsTheSameMessagesWhateverThePiecesAre(int piece) {
    List<byte[]> messages = List.of(new byte[] {1, 2, 3}, new byte[0], new byte[65_535]);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    messages.forEach(message -> bytes.writeBytes(MessageStream.framed(message)));

    byte[] whole = bytes.toByteArray();
    MessageStream stream = new MessageStream();
    List<byte[]> cut = new ArrayList<>();
    for (int at = 0; at < whole.length; at += piece) {
      int length = Math.min(piece, whole.length - at);
      stream.append(ByteBuffer.wrap(whole, at, length).slice(), length);
      for (var next = stream.next(); next.isPresent(); next = stream.next()) {
        cut.add(next.get());
      }
    }

    assertThat(cut).usingElementComparator(java.util.Arrays::compare).isEqualTo(messages);
  }
}
