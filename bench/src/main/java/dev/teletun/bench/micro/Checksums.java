package dev.teletun.bench.micro;

import dev.teletun.protocol.packet.Checksum;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The Internet checksum: of an IP header, a small packet, a full one, a superpacket. */
@State(Scope.Thread)
public class Checksums {
  private static final int LARGEST = 65_535;

  @Param({"20", "64", "1400", "65535"})
  int bytes;

  private final byte[] array = new byte[LARGEST];
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);

  @Benchmark
  public int ofArray() {
    return Checksum.sum(array, 0, bytes, 0);
  }

  @Benchmark
  public int ofBuffer() {
    return Checksum.sum(buffer, 0, bytes, 0);
  }
}
