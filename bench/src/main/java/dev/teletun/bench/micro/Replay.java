package dev.teletun.bench.micro;

import dev.teletun.dtls.record.GcmKey;
import dev.teletun.dtls.record.RecordHeader;
import dev.teletun.dtls.record.RecordOpener;
import dev.teletun.dtls.record.RecordSealer;
import dev.teletun.protocol.packet.NetworkOrder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The replay window: a record that is new, and one that was seen. */
@State(Scope.Thread)
public class Replay {
  private static final int LOW_HALF_OF_SEQUENCE = 7;

  private final byte[] record = new byte[128];
  private final byte[] repeated = new byte[128];
  private final byte[] into = new byte[RecordOpener.LARGEST_INNER];
  private final RecordOpener opener = new RecordOpener(key());
  private int number = 1;

  /** Opens what is repeated. */
  public Replay() {
    RecordSealer sealer = new RecordSealer(key());
    int _ = sealer.seal(RecordHeader.APPLICATION_DATA, into, 0, 64, record, 0);
    System.arraycopy(record, 0, repeated, 0, record.length);
    int _ = opener.open(repeated, 0, into);
  }

  private static GcmKey key() {
    return new GcmKey(new byte[16], new byte[GcmKey.SALT]);
  }

  /** One after the other. */
  @Benchmark
  public boolean remember() {
    NetworkOrder.put32(record, LOW_HALF_OF_SEQUENCE, number++);
    opener.remember(record, 0);
    return opener.wasNewest();
  }

  /** Without decrypting it. */
  @Benchmark
  public int refuse() {
    return opener.open(repeated, 0, into);
  }
}
