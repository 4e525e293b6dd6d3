package dev.teletun.dtls.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9146 has no test vectors; the oracle here writes its figures 3 and 4 and §5.3 out by hand.
 */
class ConnectionIdRecordTest {
  private static final byte[] KEY = HexFormat.of().parseHex("07".repeat(16));
  private static final byte[] SALT = {1, 2, 3, 4};
  private static final ConnectionId ID = ConnectionId.of(new byte[] {9, 8, 7, 6, 5, 4, 3, 2});
  private static final int HEADER = 21;
  private static final int EXPLICIT_NONCE = 8;

  private final RecordSealer sealer = new RecordSealer(key(ID));
  private final RecordOpener opener = new RecordOpener(key(ID));
  private final byte[] plaintext = new byte[RecordOpener.LARGEST_INNER];

  private static GcmKey key(ConnectionId id) {
    return new GcmKey(KEY, SALT, id);
  }

  private static byte[] seal(RecordSealer by, int type, byte[] packet) {
    byte[] record = new byte[packet.length + by.overhead()];
    assertThat(by.seal(type, packet, 0, packet.length, record, 0)).isEqualTo(record.length);
    return record;
  }

  private static Cipher oracle(int mode, ConnectionId id, long number, int innerLength)
      throws Exception {
    ByteBuffer nonce = ByteBuffer.allocate(12).put(SALT).putLong(number);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(KEY, "AES"), new GCMParameterSpec(128, nonce.array()));
    cipher.updateAAD(HexFormat.of().parseHex("ffffffffffffffff" + "19"));
    cipher.updateAAD(new byte[] {(byte) id.length()});
    cipher.updateAAD(HexFormat.of().parseHex("19" + "fefd"));
    cipher.updateAAD(ByteBuffer.allocate(8).putLong(0, number));
    cipher.updateAAD(id.bytes());
    cipher.updateAAD(new byte[] {(byte) (innerLength >> 8), (byte) innerLength});
    return cipher;
  }

  /** A record around any inner plaintext, as a peer with the key might make it. */
  private static byte[] made(long sequence, byte[] inner) throws Exception {
    long number = 1L << 48 | sequence;
    byte[] sealed = oracle(Cipher.ENCRYPT_MODE, ID, number, inner.length).doFinal(inner);
    return ByteBuffer.allocate(HEADER + EXPLICIT_NONCE + sealed.length)
        .put((byte) 25)
        .putShort((short) 0xFEFD)
        .putLong(number)
        .put(ID.bytes())
        .putShort((short) (EXPLICIT_NONCE + sealed.length))
        .putLong(number)
        .put(sealed)
        .array();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 32, 255})
  void sealsAsRfc9146Says(int idLength) throws Exception {
    byte[] bytes = new byte[idLength];
    Arrays.fill(bytes, (byte) 0xAB);
    ConnectionId id = ConnectionId.of(bytes);
    byte[] packet = {69, 0, 0, 3};

    byte[] record = seal(new RecordSealer(key(id)), RecordHeader.APPLICATION_DATA, packet);

    String header = "19" + "fefd" + "0001" + "000000000000" + "ab".repeat(idLength) + "001d";
    assertThat(HexFormat.of().formatHex(record)).startsWith(header + "0001000000000000");
    int sealed = header.length() / 2 + EXPLICIT_NONCE;
    assertThat(
            oracle(Cipher.DECRYPT_MODE, id, 1L << 48, packet.length + 1)
                .doFinal(record, sealed, record.length - sealed))
        .isEqualTo(new byte[] {69, 0, 0, 3, 23});
  }

  @Test
  void opensWhatItSealsAndFindsTheTypeInside() {
    for (int length : new int[] {0, 1, 20, 1400, 16_384}) {
      byte[] packet = new byte[length]; // ends with what looks like padding
      byte[] record = seal(sealer, RecordHeader.HANDSHAKE, packet);
      Arrays.fill(plaintext, (byte) 1);

      assertThat(opener.open(record, 0, plaintext)).isEqualTo(length);
      assertThat(opener.type()).isEqualTo(RecordHeader.HANDSHAKE);
      assertThat(Arrays.copyOf(plaintext, length)).isEqualTo(packet);
      assertThat(opener.open(record, 0, plaintext)).isEqualTo(RecordOpener.REPLAYED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "450017, 2, 23",
    "45001700, 2, 23",
    "4500170000000000000000, 2, 23",
    "17, 0, 23",
    "1700, 0, 23",
    "4515, 1, 21",
    "'', -3, 0",
    "00, -3, 0",
    "000000000000, -3, 0"
  })
  void takesPaddingOff(String inner, int length, int type) throws Exception {
    byte[] record = made(5, HexFormat.of().parseHex(inner));

    assertThat(opener.open(record, 0, plaintext)).isEqualTo(length);
    assertThat(opener.type()).isEqualTo(type);
  }

  @Test
  void opensNothingLongerThanARecordMayBe() throws Exception {
    byte[] longest = new byte[RecordOpener.LARGEST_INNER];
    Arrays.fill(longest, (byte) 23);
    byte[] longer = Arrays.copyOf(longest, longest.length + 1);

    assertThat(opener.open(made(1, longest), 0, plaintext)).isEqualTo(16_384);
    assertThat(opener.open(made(2, longer), 0, plaintext)).isEqualTo(RecordOpener.MALFORMED);
  }

  @Test
  void opensNoRecordWithAnotherIdOrOfTheOldForm() {
    ConnectionId other = ConnectionId.random();
    byte[] packet = new byte[40];
    byte[] alien = seal(new RecordSealer(key(other)), RecordHeader.APPLICATION_DATA, packet);
    byte[] old =
        seal(new RecordSealer(key(ConnectionId.NONE)), RecordHeader.APPLICATION_DATA, packet);
    byte[] ours = seal(sealer, RecordHeader.APPLICATION_DATA, packet);
    byte[] renamed = ours.clone();
    System.arraycopy(other.bytes(), 0, renamed, 11, 8);
    RecordOpener withoutId = new RecordOpener(key(ConnectionId.NONE));
    RecordOpener ofOther = new RecordOpener(key(other));

    assertThat(opener.open(alien, 0, plaintext)).isEqualTo(RecordOpener.FORGED);
    assertThat(opener.open(old, 0, plaintext)).isEqualTo(RecordOpener.MALFORMED);
    assertThat(withoutId.open(ours, 0, plaintext)).isEqualTo(RecordOpener.MALFORMED);
    assertThat(ofOther.open(renamed, 0, plaintext)).as("the ID is authentic").isNegative();
    assertThat(opener.open(ours, 0, plaintext)).isEqualTo(packet.length);
  }

  @Test
  void aPeekLeavesTheRecordToBeOpened() {
    byte[] record = seal(sealer, RecordHeader.APPLICATION_DATA, new byte[3]);

    assertThat(opener.peek(record, 0, plaintext)).isEqualTo(3);
    assertThat(opener.peek(record, 0, plaintext)).isEqualTo(3);
    opener.remember(record, 0);
    assertThat(opener.open(record, 0, plaintext)).isEqualTo(RecordOpener.REPLAYED);
  }

  @Test
  void measuresARecordOnlyIfAllOfItIsThere() {
    byte[] record = seal(sealer, RecordHeader.APPLICATION_DATA, new byte[10]);
    byte[] longer = Arrays.copyOf(record, record.length + 30);

    for (int length = 0; length < record.length; length++) {
      byte[] cut = Arrays.copyOf(record, length);
      assertThat(RecordHeader.size(cut, 0, length, 8)).as("%d bytes", length).isEqualTo(-1);
    }
    assertThat(RecordHeader.size(record, 0, record.length, 8)).isEqualTo(record.length);
    assertThat(RecordHeader.size(longer, 0, longer.length, 8)).isEqualTo(record.length);
  }

  @Test
  void findsTheIdOfADatagramAtEachLength() {
    byte[] record = seal(sealer, RecordHeader.APPLICATION_DATA, new byte[10]);
    byte[] old = record.clone();
    old[0] = RecordHeader.APPLICATION_DATA;

    for (int length = 0; length <= record.length; length++) {
      byte[] cut = Arrays.copyOf(record, length);
      boolean there = length >= HEADER;
      assertThat(RecordHeader.connectionId(cut, 0, length, 8))
          .isEqualTo(there ? ID : ConnectionId.NONE);
      assertThat(ID.isOf(cut, 0, length)).isEqualTo(there);
    }
    assertThat(RecordHeader.connectionId(old, 0, old.length, 8)).isEqualTo(ConnectionId.NONE);
    assertThat(ID.isOf(old, 0, old.length)).isFalse();
    assertThat(ConnectionId.random().isOf(record, 0, record.length)).isFalse();
    assertThat(ConnectionId.NONE.isOf(record, 0, record.length)).isFalse();
  }

  @Test
  void hasNoIdThatNoHelloCanName() {
    assertThat(ConnectionId.of(new byte[255]).length()).isEqualTo(255);
    assertThatIllegalArgumentException().isThrownBy(() -> ConnectionId.of(new byte[256]));
  }
}
