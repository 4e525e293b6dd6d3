package dev.teletun.tunnel.end;

/** Sees packets from the peer while there is no local port yet. Called on the loop thread. */
public interface PacketListener {
  /** Borrows {@code bytes} until it returns. */
  void packet(byte[] bytes, int at, int length);
}
