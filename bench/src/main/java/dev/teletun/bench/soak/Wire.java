package dev.teletun.bench.soak;

import dev.teletun.bench.field.Load;
import dev.teletun.bench.field.Pause;
import dev.teletun.lab.topology.Host;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Looks at an interface for a moment, and for what the payload is full of. */
final class Wire {
  private static final Duration MOMENT = Duration.ofMillis(300);

  private final Host host;
  private final String interfaceName;
  private long bytes;
  private long clear;

  Wire(Host host, String interfaceName) {
    this.host = host;
    this.interfaceName = interfaceName;
  }

  /** Looks for a moment. */
  void look() throws IOException {
    Path pcap = Files.createTempFile(host.logs(), "wire", ".pcap");
    try {
      try (Closeable _ = host.capture(interfaceName, pcap)) {
        Pause.of(MOMENT);
      }
      byte[] seen = Files.readAllBytes(pcap);
      bytes += seen.length;
      clear += count(seen, Load.MARKER);
    } finally {
      Files.deleteIfExists(pcap);
    }
  }

  /** How often {@code wanted} is in {@code in}. */
  static long count(byte[] in, byte[] wanted) {
    long found = 0;
    for (int at = 0; at <= in.length - wanted.length; at++) {
      int same = 0;
      while (same < wanted.length && in[at + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        found++;
      }
    }
    return found;
  }

  /** Bytes seen so far. */
  long bytes() {
    return bytes;
  }

  /** How often the payload was in them, in clear. */
  long clear() {
    return clear;
  }
}
