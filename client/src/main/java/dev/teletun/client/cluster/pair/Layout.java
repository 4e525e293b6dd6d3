package dev.teletun.client.cluster.pair;

import java.util.List;

/** How the two servers are laid out in pods. */
public enum Layout {
  /** Two pods on one node that share a directory of it. */
  PAIR("pair", "pair/pair.yaml", "cluster external"),
  /** Two containers of one pod, which keeps its port 7000 for itself. */
  ONE_POD("one-pod", "one-pod/one-pod.yaml", "one-pod");

  private final String option;
  private final String manifest;
  private final String pods; // apart by blanks

  Layout(String option, String manifest, String pods) {
    this.option = option;
    this.manifest = manifest;
    this.pods = pods;
  }

  /** As the user writes it. */
  public String option() {
    return option;
  }

  /** Where its objects are below {@code deploy/}. */
  String manifest() {
    return manifest;
  }

  /** What its pods' names end with; the client dials the last. */
  List<String> pods() {
    return List.of(pods.split(" ", -1));
  }
}
