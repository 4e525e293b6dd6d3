package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HelloVerifierTest {
  private static final byte[] HERE = {10, 0, 0, 1, 1, 1};
  private static final byte[] ELSEWHERE = {10, 0, 0, 2, 1, 1};

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final HelloVerifier verifier = new HelloVerifier(nanos::get);
  private final List<byte[]> answers = new ArrayList<>();

  /** The smallest hello there is, with a cookie. */
  private static byte[] hello(byte... cookie) {
    int body = 2 + 32 + 1 + 1 + cookie.length + 2 + 2 + 1 + 1;
    ByteBuffer bytes = ByteBuffer.allocate(13 + 12 + body);
    bytes.put((byte) 22).putShort((short) 0xFEFF).putLong(0).putShort((short) (12 + body));
    bytes.putInt(1 << 24 | body).putShort((short) 0).put(new byte[3]).put((byte) 0);
    bytes.putShort((short) body);
    bytes.putShort((short) 0xFEFD).put(new byte[32]).put((byte) 0);
    bytes.put((byte) cookie.length).put(cookie);
    bytes.putShort((short) 2).putShort((short) 0xC02B).put((byte) 1).put((byte) 0);
    return bytes.array();
  }

  private boolean accepts(byte[] from, byte[] datagram) {
    return verifier
        .verify(
            from,
            datagram,
            0,
            datagram.length,
            (bytes, at, length) -> answers.add(Arrays.copyOfRange(bytes, at, at + length)))
        .isPresent();
  }

  private byte[] cookie() {
    assertThat(accepts(HERE, hello())).isFalse();
    byte[] answer = answers.removeLast();
    return Arrays.copyOfRange(answer, 13 + 12 + 3, answer.length);
  }

  @Test
  void acceptsACookieFromTheAddressThatGotIt() {
    byte[] cookie = cookie();

    assertThat(accepts(HERE, hello(cookie))).isTrue();
    assertThat(answers).isEmpty();
    assertThat(accepts(ELSEWHERE, hello(cookie))).isFalse();
  }

  @Test
  void neverAnswersWithMoreThanItGot() {
    accepts(HERE, hello());
    accepts(HERE, hello((byte) 1, (byte) 2));

    assertThat(answers)
        .hasSize(2)
        .allSatisfy(answer -> assertThat(answer).hasSizeLessThanOrEqualTo(hello().length));
  }

  @Test
  void acceptsACookieForAMinuteAtLeastAndTwoAtMost() {
    byte[] cookie = cookie();

    nanos.addAndGet(Duration.ofSeconds(61).toNanos());
    assertThat(accepts(HERE, hello(cookie))).isTrue();
    nanos.addAndGet(Duration.ofSeconds(61).toNanos());
    assertThat(accepts(HERE, hello(cookie))).isFalse();
  }

  @Test
  void forgetsBothSecretsAfterALongSilence() {
    byte[] cookie = cookie();

    nanos.addAndGet(Duration.ofMinutes(10).toNanos());

    assertThat(accepts(HERE, hello(cookie))).isFalse();
  }

  @Test
  void staysSilentAboutWhatIsNoHello() {
    byte[] hello = hello();
    for (int length = 0; length < hello.length; length++) {
      assertThat(accepts(HERE, Arrays.copyOf(hello, length))).isFalse();
    }
    byte[] serverHello = hello.clone();
    serverHello[13] = 2;
    byte[] otherEpoch = hello.clone();
    otherEpoch[4] = 1;
    assertThat(accepts(HERE, serverHello)).isFalse();
    assertThat(accepts(HERE, otherEpoch)).isFalse();

    assertThat(answers).isEmpty();
    assertThat(HelloVerifier.looksLikeClientHello(hello, 0, hello.length)).isTrue();
    assertThat(HelloVerifier.looksLikeClientHello(serverHello, 0, hello.length)).isFalse();
  }
}
