package dev.teletun.client.cluster.pair;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a pod will not become ready, as far as its status says so.
 *
 * @param what with what to do about it
 * @param kind of trouble
 * @param container the one that fails, if it is one
 */
record PodTrouble(String what, Kind kind, Optional<String> container) {

  /** What is to be done about a trouble. */
  enum Kind {
    /** May end by itself, for instance when a node is added: tell, and wait on. */
    PATIENCE,
    /**
     * The kubelet tries again: only if it lasts. Two pods that make one directory at the same time
     * meet it once, for instance.
     */
    STUBBORN,
    /** Will not end by itself. */
    FINAL,
    /** The same, and the container's last words say why. */
    CRASH
  }

  /** What keeps the pod from being ready; empty while it is on its way. */
  static Optional<PodTrouble> of(Pod pod) {
    if (isOver(pod)) {
      return Optional.of(
          trouble(
              Kind.FINAL,
              "pod %s ended: %s %s. Start it anew with: teletun up"
                  .formatted(
                      name(pod),
                      orElse(pod.getStatus().getReason(), pod.getStatus().getPhase()),
                      orElse(pod.getStatus().getMessage(), ""))));
    }
    return statuses(pod)
        .flatMap(status -> of(pod, status).stream())
        .findFirst()
        .or(() -> unschedulable(pod));
  }

  /** True if it will never run again. */
  static boolean isOver(Pod pod) {
    String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  /** What the pod is doing, for people who wait for it. */
  static String progress(Pod pod) {
    if (pod.getSpec().getNodeName() == null) {
      return "a node is to be chosen";
    }
    return statuses(pod)
        .filter(status -> !Boolean.TRUE.equals(status.getReady()))
        .findFirst()
        .map(status ->
            status.getState().getWaiting() == null
                ? "%s is starting".formatted(status.getName())
                : "%s: %s"
                    .formatted(
                        status.getName(),
                        orElse(status.getState().getWaiting().getReason(), "waiting")))
        .orElse("starting on node " + pod.getSpec().getNodeName());
  }

  private static Optional<PodTrouble> of(Pod pod, ContainerStatus status) {
    if (status.getState() == null) {
      return Optional.empty();
    }
    ContainerStateWaiting waiting = status.getState().getWaiting();
    if (waiting != null && waiting.getReason() != null) {
      return waiting(pod, status, waiting.getReason(), orElse(waiting.getMessage(), ""));
    }
    return crashed(pod, status, status.getState().getTerminated());
  }

  private static Optional<PodTrouble> waiting(
      Pod pod, ContainerStatus status, String reason, String message) {
    return switch (reason) {
      case "ErrImageNeverPull" ->
          Optional.of(
              trouble(
                  Kind.FINAL,
                  "node %s does not have the image %s and may not pull it. Load it into the node, or name another: -image=NAME"
                      .formatted(pod.getSpec().getNodeName(), status.getImage())));
      case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageInspect" ->
          Optional.of(
              trouble(
                  Kind.FINAL,
                  "node %s cannot get the image %s (%s: %s). Build it with deploy/build-image and load or push it, or name another: -image=NAME"
                      .formatted(
                          pod.getSpec().getNodeName(),
                          status.getImage(),
                          reason,
                          orElse(message, "no reason given"))));
      case "CreateContainerConfigError", "CreateContainerError", "RunContainerError" ->
          Optional.of(
              trouble(
                  Kind.STUBBORN,
                  "container %s of pod %s cannot be started (%s: %s). See: %s"
                      .formatted(status.getName(), name(pod), reason, message, describe(pod))));
      case "CrashLoopBackOff" ->
          crashed(
              pod,
              status,
              status.getLastState() == null ? null : status.getLastState().getTerminated());
      default -> Optional.empty();
    };
  }

  private static Optional<PodTrouble> crashed(
      Pod pod, ContainerStatus status, @Nullable ContainerStateTerminated end) {
    if (end == null) {
      return Optional.empty();
    }
    return Optional.of(
        new PodTrouble(
            "container %s of pod %s ends at once with code %s%s"
                .formatted(
                    status.getName(),
                    name(pod),
                    end.getExitCode(),
                    "OOMKilled".equals(end.getReason()) ? " (out of memory)" : ""),
            Kind.CRASH,
            Optional.of(status.getName())));
  }

  private static Optional<PodTrouble> unschedulable(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .filter(c -> c.getType().equals("PodScheduled") && "Unschedulable".equals(c.getReason()))
        .findFirst()
        .map(PodCondition::getMessage)
        .map(message ->
            trouble(
                Kind.PATIENCE,
                "no node takes pod %s: %s. See: %s".formatted(name(pod), message, describe(pod))));
  }

  static String describe(Pod pod) {
    return "kubectl describe pod %s -n %s".formatted(name(pod), pod.getMetadata().getNamespace());
  }

  private static Stream<ContainerStatus> statuses(Pod pod) {
    return Stream.concat(
        pod.getStatus().getInitContainerStatuses().stream(),
        pod.getStatus().getContainerStatuses().stream());
  }

  private static PodTrouble trouble(Kind kind, String what) {
    return new PodTrouble(what, kind, Optional.empty());
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }

  private static String orElse(@Nullable String text, String other) {
    return text == null || text.isEmpty() ? other : text;
  }
}
