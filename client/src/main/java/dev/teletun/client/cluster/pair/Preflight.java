package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks the API server which of the rights that a command uses the user has, and says once what the
 * others cost (SelfSubjectAccessReview, which everybody may create).
 */
public final class Preflight {
  private static final int AT_ONCE = 8;
  private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final ClusterApi api;
  private final String namespace;

  /** Nothing is asked yet. */
  public Preflight(ClusterApi api, String namespace) {
    this.api = api;
    this.namespace = namespace;
  }

  /**
   * Says what is missing, in one line for each use.
   *
   * @throws ClusterException if nothing is left without it
   */
  public void run(List<Right.Use> uses, Steps steps) throws ClusterException, InterruptedException {
    Map<Right, List<String>> missing = missing(Right.of(uses).toList());
    List<String> lost = new ArrayList<>();
    for (Map.Entry<Right, List<String>> entry : missing.entrySet()) {
      Right right = entry.getKey();
      String line =
          "%s %s%s (%s)"
              .formatted(
                  String.join(", ", entry.getValue()),
                  right.resource(),
                  right.use() == Right.Use.FACTS ? " in the whole cluster" : "",
                  right.without());
      if (right.indispensable()) {
        throw ClusterException.refused(
            "the user of context \"%s\" may not %s in namespace \"%s\". Let an administrator apply what this prints: teletun rbac --print -namespace=%s"
                .formatted(api.context(), line, namespace, namespace),
            null);
      }
      lost.add(line);
    }
    if (!lost.isEmpty()) {
      steps.warn(
          "the user of context \"%s\" may not: %s. Which rights are needed: teletun rbac --print"
              .formatted(api.context(), String.join("; ", lost)));
    }
  }

  /** The verbs that are not allowed. What cannot be found out counts as allowed. */
  private Map<Right, List<String>> missing(List<Right> rights) throws InterruptedException {
    Map<Right, Map<String, Future<Boolean>>> asked = new LinkedHashMap<>();
    try (ExecutorService several =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofPlatform().name("preflight").factory())) {
      for (Right right : rights) {
        Map<String, Future<Boolean>> answers = new LinkedHashMap<>();
        for (String verb : right.verbs()) {
          answers.put(verb, several.submit(() -> allowed(right, verb)));
        }
        asked.put(right, answers);
      }
    }
    Map<Right, List<String>> missing = new LinkedHashMap<>();
    for (Map.Entry<Right, Map<String, Future<Boolean>>> entry : asked.entrySet()) {
      for (Map.Entry<String, Future<Boolean>> answer : entry.getValue().entrySet()) {
        if (!isYes(answer.getValue())) {
          missing.computeIfAbsent(entry.getKey(), _ -> new ArrayList<>()).add(answer.getKey());
        }
      }
    }
    return missing;
  }

  private static boolean isYes(Future<Boolean> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException _) {
      return true; // the same
    }
  }

  /** By hand, because the model of this API is in a jar that we leave out. */
  private boolean allowed(Right right, String verb) {
    String[] resource = right.resource().split("/", 2);
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("namespace", namespaceOf(right));
    attributes.put("verb", verb);
    attributes.put("group", right.group());
    attributes.put("resource", resource[0]);
    attributes.put("subresource", resource.length > 1 ? resource[1] : "");
    attributes.put("name", right.objectName());
    Map<String, Object> review =
        Map.of(
            "apiVersion",
            "authorization.k8s.io/v1",
            "kind",
            "SelfSubjectAccessReview",
            "spec",
            Map.of("resourceAttributes", attributes));
    try {
      Map<?, ?> answer = JSON.unmarshal(api.client().raw(REVIEWS, "POST", review), Map.class);
      return !(answer.get("status") instanceof Map<?, ?> status)
          || Boolean.TRUE.equals(status.get("allowed"));
    } catch (KubernetesClientException _) {
      return true; // the work itself will say what is wrong
    }
  }

  private String namespaceOf(Right right) {
    if (right.use() != Right.Use.FACTS) {
      return namespace;
    }
    return right.objectName().isEmpty() ? "" : Right.KUBEADM_NAMESPACE;
  }
}
