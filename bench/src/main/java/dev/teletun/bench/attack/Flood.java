package dev.teletun.bench.attack;

import dev.teletun.bench.tunnel.Memory;

/**
 * What a flood of hellos did.
 *
 * @param seconds it was to last
 * @param in from strangers
 * @param out to them
 * @param cores that server-external used meanwhile
 * @param before its memory
 * @param after its memory
 * @param pings through the tunnel meanwhile
 * @param answered of them
 */
record Flood(
    int seconds,
    Counted in,
    Counted out,
    double cores,
    Memory before,
    Memory after,
    int pings,
    int answered) {

  /** Packets and bytes. */
  record Counted(long packets, long bytes) {}

  /** MiB that it grew by. */
  double growth() {
    return (after.resident() - before.resident()) * 1e6 / (1 << 20);
  }
}
