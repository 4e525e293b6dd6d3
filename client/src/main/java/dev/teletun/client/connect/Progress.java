package dev.teletun.client.connect;

import dev.teletun.client.cluster.pair.Steps;

/** Hears what a long bring-up does, and what happens to the connection after it. */
public interface Progress extends Steps {
  /** Something happened to a connection that stands, such as that it is interrupted. Any thread. */
  void event(String what);
}
