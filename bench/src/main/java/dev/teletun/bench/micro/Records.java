package dev.teletun.bench.micro;

import dev.teletun.dtls.record.ConnectionId;
import dev.teletun.dtls.record.GcmKey;
import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.dtls.record.RecordOpener;
import dev.teletun.dtls.record.RecordSealer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One record of DTLS, as we make and open it. */
@State(Scope.Thread)
public class Records {
  private static final int ROOM = 2048;

  @Param({"64", "1400"})
  int bytes;

  /** Length of the receiver's connection ID. */
  @Param({"0", "8"})
  int connectionId;

  /** The JDK's, or {@link NullCipher}. */
  @Param({"AES-GCM", "none"})
  String cipher = "";

  private final byte[] packet = new byte[ROOM];
  private final byte[] record = new byte[ROOM];
  private final byte[] into = new byte[RecordOpener.LARGEST_INNER];
  private RecordSealer sealer = new RecordSealer(key(ConnectionId.NONE));
  private RecordOpener opener = new RecordOpener(key(ConnectionId.NONE));

  private static GcmKey key(ConnectionId id) {
    return new GcmKey(new byte[16], new byte[GcmKey.SALT], id);
  }

  /** Seals the record that is opened. */
  @Setup
  public void prepare() {
    if (cipher.equals("none")) {
      NullCipher.install();
    }
    ConnectionId id =
        connectionId == 0
            ? ConnectionId.NONE
            : ConnectionId.of(new byte[] {8, 8, 8, 8, 8, 8, 8, 8});
    sealer = new RecordSealer(key(id));
    opener = new RecordOpener(key(id));
    int _ = seal();
    System.arraycopy(into, 0, record, 0, ROOM);
    if (open() != bytes) {
      throw new IllegalStateException("a record of our own was not opened");
    }
  }

  @Benchmark
  public int seal() {
    return sealer.seal(RecordHeader.APPLICATION_DATA, packet, 0, bytes, into, 0);
  }

  /** Nothing remembers that it was seen. */
  @Benchmark
  public int open() {
    return opener.peek(record, 0, into);
  }
}
