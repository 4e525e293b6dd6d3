package dev.teletun.client.connect;

import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.cluster.reach.ForwardEndedException;
import dev.teletun.dtls.control.PeerNotTrustedException;
import dev.teletun.tunnel.control.SlotBusyException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** server-external answers at none of several places; the message names each with its reason. */
final class NoWayException extends IOException {
  private static final long serialVersionUID = 1;

  private NoWayException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The failure itself if there was only one place. */
  static IOException of(Map<Candidate, IOException> failures, List<String> missing, int port) {
    if (failures.size() == 1 && missing.isEmpty()) {
      return failures.values().iterator().next();
    }
    String places =
        Stream.concat(
                failures.entrySet().stream()
                    .map(e -> "%s: %s".formatted(e.getKey(), reason(e.getValue()))),
                missing.stream())
            .collect(Collectors.joining("; "));
    return new NoWayException(
        "server-external answers nowhere: %s. Check that its pod runs and listens on port %d, open one of these ways, or name another place with -address=HOST"
            .formatted(places, port),
        mostTelling(failures.values()));
  }

  /** Why a place was not reached, without what to do about it if that is the same for all. */
  static String reason(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClusterException || cause instanceof ForwardEndedException) {
        return String.valueOf(cause.getMessage());
      }
    }
    String message = String.valueOf(failure.getMessage());
    int sentence = message.indexOf(". ");
    return sentence < 0 ? message : message.substring(0, sentence);
  }

  private static @Nullable IOException mostTelling(Collection<IOException> failures) {
    return Stream.of(SlotBusyException.class, PeerNotTrustedException.class, IOException.class)
        .flatMap(kind -> failures.stream().filter(kind::isInstance))
        .findFirst()
        .orElse(null);
  }
}
