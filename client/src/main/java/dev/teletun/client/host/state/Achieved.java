package dev.teletun.client.host.state;

import java.util.List;
import java.util.OptionalInt;

/**
 * What one {@link TakenHost#apply} did.
 *
 * @param added routes and rules
 * @param removed likewise
 * @param connectionsEnded because their address is no longer this host's; empty if the kernel
 *     cannot end any
 * @param lacks what could not be done, and why, for people
 */
public record Achieved(int added, int removed, OptionalInt connectionsEnded, List<String> lacks) {

  /** Copies the list. */
  public Achieved {
    lacks = List.copyOf(lacks);
  }
}
