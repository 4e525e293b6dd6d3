package dev.teletun.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.handshake.Rehearsal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the handshake targets stand on: a handshake recorded elsewhere succeeds here. */
class RecordingTest {
  private static final List<Recording> RECORDINGS =
      List.of(Recording.withIds(), Recording.withoutIds());

  @Test
  void theServerBelievesTheRecordedClient() throws IOException {
    for (int mode = 0; mode < 2; mode++) {
      Recording recording = RECORDINGS.get(mode);
      var hello = Rehearsal.verify(recording.fromClient.getFirst(), _ -> {}).orElseThrow();
      HandshakeInput kept = kept("ServerHandshake", mode);

      assertThat(recording.serverEnd.server(hello, kept, kept)).isNotNull();
    }
  }

  @Test
  void theClientBelievesTheRecordedServer() throws IOException {
    for (int mode = 0; mode < 2; mode++) {
      HandshakeInput kept = kept("ClientHandshake", mode);

      assertThat(RECORDINGS.get(mode).clientEnd.client(kept, kept)).isNotNull();
    }
  }

  private static HandshakeInput kept(String target, int mode) throws IOException {
    Input in = new Input(Files.readAllBytes(Path.of("corpus", target, "genuine-" + mode)));
    assertThat(in.u8()).isEqualTo(mode);
    return new HandshakeInput(in);
  }
}
