package dev.teletun.client.cluster.access;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The cluster could not be asked, or its answer is of no use; the message says what to do. */
public final class ClusterException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean refused;

  private ClusterException(String message, boolean refused, @Nullable Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** The API server understood and said no. */
  public static ClusterException refused(String message, @Nullable Throwable cause) {
    return new ClusterException(message, true, cause);
  }

  /** Anything else. */
  public static ClusterException failed(String message) {
    return new ClusterException(message, false, null);
  }

  /** Anything else, with its cause. */
  public static ClusterException failed(String message, Throwable cause) {
    return new ClusterException(message, false, cause);
  }

  /** The same, with one sentence more. */
  public ClusterException with(String sentence) {
    return new ClusterException("%s. %s".formatted(getMessage(), sentence), refused, this);
  }

  /** True if the API server understood and said no (401, 403). */
  public boolean refused() {
    return refused;
  }
}
