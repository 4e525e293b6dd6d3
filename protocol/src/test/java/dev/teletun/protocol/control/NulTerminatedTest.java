package dev.teletun.protocol.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

class NulTerminatedTest {

  @Test
  void carriesAnyBytesAndStopsAtTheNul() throws Exception {
    String text = new String("# café\n".getBytes(UTF_8), NulTerminated.CHARSET);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    NulTerminated.write(sent, text);
    NulTerminated.write(sent, "next");

    ByteArrayInputStream in = new ByteArrayInputStream(sent.toByteArray());

    assertThat(NulTerminated.read(in, 8, "resolv.conf")).asString(UTF_8).isEqualTo("# café\n");
    assertThat(NulTerminated.read(in, 4, "resolv.conf")).asString(UTF_8).isEqualTo("next");
  }

  @Test
  void refusesAnEndlessText() {
    ByteArrayInputStream endless = new ByteArrayInputStream(new byte[] {1, 1, 1, 1});

    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> NulTerminated.read(endless, 3, "addresses"))
        .withMessageContaining("more than 3 bytes of addresses")
        .withMessageContaining("is this a TeleTUN server?");
  }

  @Test
  void saysWhereTheConnectionEnded() {
    ByteArrayInputStream cut = new ByteArrayInputStream(new byte[] {1, 1});

    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> NulTerminated.read(cut, 3, "addresses"))
        .withMessageContaining("after 2 bytes of its addresses");
  }

  @Test
  void doesNotSendATextThatWouldEndEarly() {
    assertThatExceptionOfType(ControlException.class)
        .isThrownBy(() -> NulTerminated.write(new ByteArrayOutputStream(), "a\0b"))
        .withMessageContaining("\"a\\u0000b\"");
  }
}
