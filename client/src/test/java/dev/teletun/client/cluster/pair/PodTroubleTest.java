package dev.teletun.client.cluster.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodTroubleTest {
  @ParameterizedTest
  @CsvSource({
    "ErrImageNeverPull, 'does not have the image registry/x:1'",
    "ErrImagePull, 'cannot get the image registry/x:1 (ErrImagePull: no such host)'",
    "ImagePullBackOff, '-image=NAME'",
    "InvalidImageName, '-image=NAME'",
  })
  void tellsWhatWillNotEndByItself(String reason, String said) {
    PodTrouble trouble =
        trouble(
            """
            {"waiting": {"reason": "%s", "message": "no such host"}}\
            """
                .formatted(reason));

    assertThat(trouble.kind()).isEqualTo(PodTrouble.Kind.FINAL);
    assertThat(trouble.what()).contains(said);
  }

  @ParameterizedTest
  @CsvSource({
    "CreateContainerConfigError, 'cannot be started (CreateContainerConfigError: no such host)'",
    "RunContainerError, 'kubectl describe pod alice-cluster -n dev'",
  })
  void waitsForTheKubeletToTryAgain(String reason, String said) {
    PodTrouble trouble =
        trouble(
            "{\"waiting\": {\"reason\": \"%s\", \"message\": \"no such host\"}}".formatted(reason));

    assertThat(trouble.kind()).isEqualTo(PodTrouble.Kind.STUBBORN);
    assertThat(trouble.what()).contains(said);
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"terminated\": {\"exitCode\": 3, \"reason\": \"Error\"}}', 'with code 3'",
    "'{\"terminated\": {\"exitCode\": 137, \"reason\": \"OOMKilled\"}}', '137 (out of memory)'",
  })
  void tellsOfAContainerThatEndsAtOnce(String state, String said) {
    PodTrouble trouble = trouble(state);

    assertThat(trouble.kind()).isEqualTo(PodTrouble.Kind.CRASH);
    assertThat(trouble.container()).contains("server-cluster");
    assertThat(trouble.what()).contains(said);
  }

  @Test
  void findsInACrashLoopHowItEndedLast() {
    Pod pod =
        pod(
            """
            "containerStatuses": [{"name": "server-cluster", "ready": false,
              "state": {"waiting": {"reason": "CrashLoopBackOff"}},
              "lastState": {"terminated": {"exitCode": 3}}}]\
            """);

    assertThat(PodTrouble.of(pod)).hasValueSatisfying(t -> assertThat(t.what()).contains("code 3"));
  }

  @Test
  void waitsOnForANodeButSaysSo() {
    Pod pod =
        pod(
            """
            "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
              "message": "0/3 nodes are available"}]\
            """);

    assertThat(PodTrouble.of(pod))
        .hasValueSatisfying(trouble -> {
          assertThat(trouble.kind()).isEqualTo(PodTrouble.Kind.PATIENCE);
          assertThat(trouble.what()).contains("no node takes pod alice-cluster: 0/3 nodes");
        });
  }

  @Test
  void knowsAPodThatIsOver() {
    Pod evicted =
        pod("\"phase\": \"Failed\", \"reason\": \"Evicted\", \"message\": \"low on disk\"");

    assertThat(PodTrouble.isOver(evicted)).isTrue();
    assertThat(PodTrouble.of(evicted))
        .hasValueSatisfying(t -> assertThat(t.what()).contains("Evicted low on disk"));
  }

  @Test
  void hasNothingToSayOfAPodOnItsWay() {
    Pod creating =
        pod(
            """
            "containerStatuses": [{"name": "server-cluster", "ready": false,
              "state": {"waiting": {"reason": "ContainerCreating"}}}]\
            """);

    assertThat(PodTrouble.of(creating)).isEmpty();
    assertThat(PodTrouble.progress(creating)).isEqualTo("server-cluster: ContainerCreating");
  }

  private static PodTrouble trouble(String state) {
    return PodTrouble.of(
            pod(
                """
                "containerStatuses": [{"name": "server-cluster", "ready": false,
                  "image": "registry/x:1", "state": %s}]\
                """
                    .formatted(state)))
        .orElseThrow();
  }

  private static Pod pod(String status) {
    return new KubernetesSerialization()
        .unmarshal(
            """
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "alice-cluster", "namespace": "dev"},
             "spec": {"nodeName": "node-1"}, "status": {%s}}\
            """
                .formatted(status),
            Pod.class);
  }
}
