package dev.teletun.client.cluster.pair;

import java.util.Map;

/** The labels and annotations by which objects of a pair are known. */
final class PairLabels {
  /** Kubernetes' recommended label; ours is always {@code teletun}. */
  static final String NAME = "app.kubernetes.io/name";

  /** Which pair. */
  static final String INSTANCE = "app.kubernetes.io/instance";

  /** Who made the object. */
  static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** Annotation: digest of all that was asked for, by which a change is noticed. */
  static final String CONTENT = "teletun.dev/content";

  static final String TELETUN = "teletun";

  private PairLabels() {}

  /** What selects all objects of one pair. */
  static Map<String, String> of(String pair) {
    return Map.of(NAME, TELETUN, INSTANCE, pair);
  }
}
