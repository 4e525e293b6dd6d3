package dev.teletun.dtls.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of the 2^48 numbers of an epoch (RFC 6347 §4.1), which no association may pass. */
class LastRecordsTest {
  private static final long LAST = (1L << 48) - 1;
  private static final byte[] KEY = HexFormat.of().parseHex("07".repeat(16));
  private static final byte[] SALT = {1, 2, 3, 4};
  private static final byte[] PACKET = {0x45, 1, 2, 3};
  private static final int EXPLICIT_NONCE = 8;

  private final byte[] plaintext = new byte[RecordOpener.LARGEST_INNER];

  @ParameterizedTest
  @ValueSource(strings = {"", "0908070605040302"})
  void everyNumberIsUsedOnceAndNoneBeyondTheLast(String id) {
    RecordSealer sealer = new RecordSealer(key(id), LAST - 2);
    RecordOpener opener = new RecordOpener(key(id));
    Set<String> nonces = new HashSet<>();
    for (long number = LAST - 2; number <= LAST; number++) {
      byte[] record = seal(sealer);
      assertThat(RecordHeader.sequence(record, 0)).isEqualTo(number);
      assertThat(RecordHeader.epoch(record, 0)).isEqualTo(1);
      assertThat(opener.open(record, 0, plaintext)).isEqualTo(PACKET.length);
      assertThat(opener.wasNewest()).isTrue();
      assertThat(opener.open(record, 0, plaintext)).isEqualTo(RecordOpener.REPLAYED);
      nonces.add(nonce(sealer, record));
    }

    assertThat(nonces).hasSize(3);
    for (int again = 0; again < 3; again++) {
      assertThatIllegalStateException()
          .isThrownBy(() -> seal(sealer))
          .withMessageContaining("2^48");
    }
  }

  @Test
  void aNumberIsUsedUpEvenIfSealingFails() {
    RecordSealer sealer = new RecordSealer(key(""));
    byte[] tooShort = new byte[PACKET.length + sealer.overhead() - 1];

    assertThatIllegalStateException()
        .isThrownBy(() -> sealer.seal(23, PACKET, 0, PACKET.length, tooShort, 0));

    assertThat(RecordHeader.sequence(seal(sealer), 0)).isEqualTo(1);
  }

  @Test
  void aForgedLastNumberMovesNoWindow() {
    RecordSealer sealer = new RecordSealer(key(""));
    RecordOpener opener = new RecordOpener(key(""));
    byte[] forged = seal(new RecordSealer(key(""), LAST));
    forged[forged.length - 1]++;

    assertThat(opener.open(forged, 0, plaintext)).isEqualTo(RecordOpener.FORGED);

    assertThat(opener.open(seal(sealer), 0, plaintext)).isEqualTo(PACKET.length);
  }

  private static GcmKey key(String id) {
    return new GcmKey(
        KEY, SALT, id.isEmpty() ? ConnectionId.NONE : ConnectionId.of(HexFormat.of().parseHex(id)));
  }

  private static byte[] seal(RecordSealer by) {
    byte[] record = new byte[PACKET.length + by.overhead()];
    int size = by.seal(23, PACKET, 0, PACKET.length, record, 0);
    assertThat(size).isEqualTo(record.length);
    return record;
  }

  private static String nonce(RecordSealer of, byte[] record) {
    int at = of.headerLength();
    return Arrays.toString(Arrays.copyOfRange(record, at, at + EXPLICIT_NONCE));
  }
}
