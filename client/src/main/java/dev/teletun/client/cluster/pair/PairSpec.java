package dev.teletun.client.cluster.pair;

import java.util.List;
import java.util.Optional;

/**
 * Which pair is meant.
 *
 * @param name what its objects' names begin with, and their label {@code instance}
 * @param image of both servers; the manifests' own if empty
 */
public record PairSpec(Layout layout, String name, String namespace, Optional<String> image) {

  /** Names of its pods; the client dials the last. */
  List<String> pods() {
    return layout.pods().stream().map(suffix -> name + "-" + suffix).toList();
  }

  /** The Secret with the server's keys and the client's public one. */
  public String secret() {
    return name + "-keys";
  }
}
