package dev.teletun.client.host.filter;

import java.util.List;

/**
 * What may pass between this host, its containers and the cluster.
 *
 * @param exposed what the cluster may begin to this host
 * @param shared interfaces, such as bridges of containers, whose packets may go into the tunnel
 * @param failClosed whether packets for the cluster go nowhere once a client was killed
 */
public record Boundary(Exposed exposed, List<String> shared, boolean failClosed) {
  /** Copies the list. */
  public Boundary {
    shared = List.copyOf(shared);
  }
}
