package dev.teletun.client.cluster.reach;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Why nothing in a pod can be dialled, as far as its status says so. */
final class NotRunning {
  private static final int LONGEST_REASON = 240; // characters; a scheduler explains at length

  private NotRunning() {}

  /** Empty for a pod that runs. */
  static Optional<String> why(PodName name, Pod pod) {
    PodStatus status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
    String phase = Objects.requireNonNullElse(status.getPhase(), "Unknown");
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      phase = "being deleted";
    } else if (phase.equals("Running") && !noneRuns(status.getContainerStatuses())) {
      return Optional.empty();
    }
    String reason = reason(status).map(r -> " (%s)".formatted(shown(r))).orElse("");
    return Optional.of(
        phase.equals("Running")
            ? "no container of pod \"%s\" runs%s".formatted(name, reason)
            : "pod \"%s\" is not running but %s%s".formatted(name, phase, reason));
  }

  private static boolean noneRuns(List<ContainerStatus> containers) {
    return !containers.isEmpty()
        && containers.stream()
            .map(ContainerStatus::getState)
            .allMatch(state -> state != null && state.getRunning() == null);
  }

  private static Optional<String> reason(PodStatus status) {
    Optional<String> unscheduled =
        status.getConditions().stream()
            .filter(c -> c.getType().equals("PodScheduled") && c.getStatus().equals("False"))
            .map(PodCondition::getMessage)
            .filter(Objects::nonNull)
            .findFirst();
    return unscheduled.or(() ->
        status.getContainerStatuses().stream()
            .filter(c -> c.getState() != null)
            .flatMap(c -> reason(c.getName(), c.getState()).stream())
            .findFirst());
  }

  private static Optional<String> reason(String container, ContainerState state) {
    if (state.getWaiting() != null && state.getWaiting().getReason() != null) {
      String message = state.getWaiting().getMessage();
      return Optional.of(
          "container %s: %s%s"
              .formatted(
                  container,
                  state.getWaiting().getReason(),
                  message == null ? "" : ", " + message));
    }
    return Optional.ofNullable(state.getTerminated())
        .map(end -> "container %s ended with code %s".formatted(container, end.getExitCode()));
  }

  private static String shown(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
  }
}
