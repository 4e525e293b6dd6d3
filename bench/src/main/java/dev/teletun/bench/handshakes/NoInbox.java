package dev.teletun.bench.handshakes;

import dev.teletun.tunnel.transport.Inbox;
import dev.teletun.tunnel.transport.Transport;

/** Nobody wants packets here: the handshake is all. */
final class NoInbox implements Inbox {
  @Override
  public void begin() {}

  @Override
  public boolean isFull() {
    return false;
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {}

  @Override
  public void finish() {}

  @Override
  public void unblocked(Transport again) {}
}
