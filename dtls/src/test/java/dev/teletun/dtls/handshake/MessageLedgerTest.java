package dev.teletun.dtls.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The last that is admitted, and the first that is not. */
class MessageLedgerTest {
  private static final int CERTIFICATE = 11;
  private static final int KEY_EXCHANGE = 12;
  private static final int HELLO_DONE = 14;
  private static final int CERTIFICATE_VERIFY = 15;
  private static final int LARGEST = MessageLedger.LARGEST_MESSAGE;

  private final MessageLedger ledger = new MessageLedger();

  @Test
  void countsTheFragmentsOfAllMessages() {
    for (int offset = 0; offset < MessageLedger.MOST_FRAGMENTS - 1; offset++) {
      assertThat(admit(KEY_EXCHANGE, LARGEST, 1, offset, 1)).isTrue();
    }

    assertThat(admit(KEY_EXCHANGE, LARGEST, 2, 0, 1)).isTrue();
    assertThat(admit(KEY_EXCHANGE, LARGEST, 3, 0, 1)).isFalse();
    assertThat(admit(KEY_EXCHANGE, LARGEST, 2, 1, 1)).isFalse();
  }

  @Test
  void countsTheBytesOfAllMessages() {
    for (int number = 0; number < 7; number++) {
      assertThat(admit(KEY_EXCHANGE, LARGEST, number, 0, LARGEST)).isTrue();
    }
    assertThat(admit(KEY_EXCHANGE, LARGEST, 7, 0, 1)).isTrue();
    assertThat(admit(KEY_EXCHANGE, LARGEST, 8, 0, 1)).isTrue();

    assertThat(admit(KEY_EXCHANGE, LARGEST, 7, 1, LARGEST - 1)).as("one too many").isFalse();
    assertThat(admit(KEY_EXCHANGE, LARGEST, 7, 1, LARGEST - 2)).isTrue();
    assertThat(admit(KEY_EXCHANGE, LARGEST, 8, 1, 1)).isFalse();
    assertThat(admit(KEY_EXCHANGE, LARGEST, 9, 0, 1)).isFalse();
  }

  @Test
  void takesSoManyMessagesAndEmptyOnes() {
    assertThat(admit(HELLO_DONE, 0, 31, 0, 0)).isTrue();
    assertThat(admit(HELLO_DONE, 0, 32, 0, 0)).isFalse();
  }

  @Test
  void takesAnEmptyCertificateForACertificate() {
    byte[] body = {0, 0, 3, 0, 0, 0};

    assertThat(ledger.admit(new HandshakeFragment(CERTIFICATE, 6, 1, 0, 6), body, 0)).isTrue();
  }

  /** BouncyCastle may have dropped what came first, and would believe this. */
  @Test
  void takesACertificateAgainOnlyAsItCameFirst() {
    byte[] body = {0, 0, 6, 0, 0, 3, 1, 2, 3};
    byte[] lies = {0x7f, 0, 6, 0x7f, 0, 3, 1, 2, 3};
    HandshakeFragment whole = new HandshakeFragment(CERTIFICATE, 9, 1, 0, 9);
    HandshakeFragment middle = new HandshakeFragment(CERTIFICATE, 9, 1, 3, 3);
    assertThat(ledger.admit(whole, body, 0)).isTrue();

    assertThat(ledger.admit(whole, body, 0)).isTrue();
    assertThat(ledger.admit(middle, body, 3)).isTrue();
    assertThat(ledger.admit(whole, lies, 0)).isFalse();
    assertThat(ledger.admit(middle, lies, 3)).isFalse();
  }

  @Test
  void takesTheRestOfACertificateOnlyIfItAgreesWithWhatCame() {
    byte[] body = {0, 0, 6, 0, 0, 3, 1, 2, 3};
    byte[] lies = {0, 0, 6, 0x7f, 0, 3, 1, 2, 3};
    HandshakeFragment rest = new HandshakeFragment(CERTIFICATE, 9, 1, 3, 6);
    assertThat(ledger.admit(new HandshakeFragment(CERTIFICATE, 9, 1, 0, 5), body, 0)).isTrue();

    assertThat(ledger.admit(rest, lies, 3)).isFalse();
    assertThat(ledger.admit(rest, body, 3)).isTrue();
  }

  @Test
  void saysOnceThatSomethingNewHasCome() {
    assertThat(ledger.takeProgress()).isFalse();
    admit(KEY_EXCHANGE, 100, 1, 0, 50);

    assertThat(ledger.takeProgress()).isTrue();
    assertThat(ledger.takeProgress()).isFalse();
    admit(KEY_EXCHANGE, 100, 1, 0, 50);
    assertThat(ledger.takeProgress()).isFalse();
    admit(KEY_EXCHANGE, 100, 1, 50, 50);
    assertThat(ledger.takeProgress()).isTrue();
  }

  @Test
  void hasACertificateVerifyOnceTheWholeOfItHasCome() {
    admit(KEY_EXCHANGE, 80, 1, 0, 80);
    admit(CERTIFICATE_VERIFY, 80, 2, 0, 79);
    assertThat(ledger.hasCertificateVerify()).isFalse();

    admit(CERTIFICATE_VERIFY, 80, 2, 79, 1);

    assertThat(ledger.hasCertificateVerify()).isTrue();
  }

  private boolean admit(int type, int of, int number, int offset, int length) {
    return ledger.admit(
        new HandshakeFragment(type, of, number, offset, length), new byte[LARGEST], 0);
  }
}
