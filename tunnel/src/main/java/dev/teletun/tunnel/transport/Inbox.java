package dev.teletun.tunnel.transport;

/**
 * Where a transport's packets go, in turns, so that those of a turn can be merged. Loop thread
 * only.
 */
public interface Inbox extends PacketSink {
  /** A turn begins. */
  void begin();

  /** True when no more is wanted in this turn. */
  boolean isFull();

  /** The turn is over. */
  void finish();

  /** {@code transport} takes packets again. */
  void unblocked(Transport transport);
}
