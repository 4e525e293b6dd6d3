package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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

  /** RFC 3749; its last byte is the only method that the hello offers. */
  @Test
  void staysSilentAboutAHelloThatOffersCompressionAlone() {
    byte[] deflate = hello();
    deflate[deflate.length - 1] = 1;

    assertThat(accepts(HERE, deflate)).isFalse();

    assertThat(answers).isEmpty();
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
  void changesItsSecretOnTheMinute() {
    byte[] first = cookie();
    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    byte[] second = cookie();
    assertThat(accepts(HERE, hello(first))).isTrue();

    nanos.addAndGet(1);
    assertThat(accepts(HERE, hello(second))).isTrue();
    nanos.addAndGet(Duration.ofSeconds(60).toNanos() - 1);

    assertThat(accepts(HERE, hello(first))).isFalse();
    answers.clear();
    assertThat(accepts(HERE, hello(second))).isTrue();
  }

  @Test
  void forgetsBothSecretsAfterTwoMinutesOfSilence() {
    byte[] cookie = cookie();

    nanos.addAndGet(Duration.ofMinutes(2).toNanos());

    assertThat(accepts(HERE, hello(cookie))).isFalse();
  }

  @Test
  void keepsItsSecretWhateverTheClockBeginsWith() {
    nanos.set(Duration.ofHours(1).toNanos());
    HelloVerifier other = new HelloVerifier(nanos::get);
    byte[] hello = hello();
    other.verify(
        HERE,
        hello,
        0,
        hello.length,
        (bytes, at, length) -> answers.add(Arrays.copyOfRange(bytes, at, at + length)));
    byte[] answer = answers.removeLast();
    byte[] again = hello(Arrays.copyOfRange(answer, 13 + 12 + 3, answer.length));

    assertThat(other.verify(HERE, again, 0, again.length, (_, _, _) -> {})).isPresent();
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

  /** The part of a hello's body from {@code from} to {@code to}, as a fragment of its own. */
  private static byte[] fragment(byte[] hello, int from, int to) {
    ByteBuffer bytes = ByteBuffer.allocate(25 + to - from);
    bytes.put(hello, 0, 11).putShort((short) (12 + to - from));
    bytes.put(hello, 13, 7).put((byte) (from >> 8)).put((byte) from);
    bytes.put((byte) 0).putShort((short) (to - from)).put(hello, 25 + from, to - from);
    return bytes.array();
  }

  @Test
  void putsAHelloTogetherWhereverItIsCut() {
    byte[] whole = hello(cookie());
    int body = whole.length - 25;

    for (int cut = 1; cut < body; cut++) {
      byte[] first = fragment(whole, 0, cut);
      byte[] rest = fragment(whole, cut, body);
      assertThat(accepts(HERE, first)).isFalse();
      assertThat(accepts(HERE, rest)).isTrue();
      assertThat(accepts(HERE, rest)).isFalse();
      assertThat(accepts(HERE, first)).isTrue();
    }
    assertThat(answers).isEmpty();
  }

  @Test
  void answersAHelloInFragmentsOnceItIsWhole() {
    byte[] hello = hello();
    int body = hello.length - 25;

    accepts(HERE, fragment(hello, 0, 20));
    accepts(ELSEWHERE, fragment(hello, 20, body));
    assertThat(answers).isEmpty();
    accepts(HERE, fragment(hello, 20, body));

    assertThat(answers).hasSize(1);
  }

  @Test
  void keepsFragmentsOfFewSendersOnly() {
    byte[] hello = hello(cookie());
    byte[] first = fragment(hello, 0, 20);
    byte[] rest = fragment(hello, 20, hello.length - 25);

    accepts(HERE, first);
    for (byte port = 0; port < HelloFragments.MOST_SENDERS - 1; port++) {
      accepts(new byte[] {10, 0, 0, 3, 1, port}, first);
    }
    assertThat(accepts(HERE, rest)).isTrue();
    accepts(HERE, first);
    for (byte port = 0; port < HelloFragments.MOST_SENDERS; port++) {
      accepts(new byte[] {10, 0, 0, 4, 1, port}, first);
    }
    assertThat(accepts(HERE, rest)).isFalse();
  }

  @Test
  void staysSilentAboutFragmentsThatContradictThemselves() {
    byte[] hello = hello(cookie());
    byte[] first = fragment(hello, 0, 20);
    byte[] rest = fragment(hello, 20, hello.length - 25);

    accepts(HERE, first);
    for (int length = 0; length < rest.length; length++) {
      assertThat(accepts(HERE, Arrays.copyOf(rest, length))).isFalse();
    }
    byte[] beyond = rest.clone();
    beyond[21]++; // its offset
    byte[] huge = rest.clone();
    huge[14] = 1; // 64 KiB of hello
    assertThat(accepts(HERE, beyond)).isFalse();
    assertThat(accepts(HERE, huge)).isFalse();

    assertThat(answers).isEmpty();
    assertThat(accepts(HERE, rest)).isTrue();
  }

  @Test
  void throwsNothingWhateverTheHelloHolds() {
    byte[] good = hello(cookie());
    for (int at = 0; at < good.length; at++) {
      for (int value : new int[] {0, 1, 0x7f, 0x80, 0xfe, 0xff, good[at] + 1, good[at] - 1}) {
        byte[] bad = good.clone();
        bad[at] = (byte) value;
        accepts(HERE, bad);
        accepts(HERE, Arrays.copyOf(bad, at + 1));
      }
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.clone();
      for (int j = random.nextInt(1, 8); j > 0; j--) {
        bad[random.nextInt(11, bad.length)] = (byte) random.nextInt();
      }
      accepts(HERE, bad);
    }

    assertThat(accepts(HERE, good)).isTrue();
  }
}
