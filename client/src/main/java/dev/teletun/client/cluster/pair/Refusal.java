package dev.teletun.client.cluster.pair;

import dev.teletun.client.cluster.access.ClusterApi;
import dev.teletun.client.cluster.access.ClusterException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Why the API server did not take an object of the pair, and what to do. */
final class Refusal {
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final Pattern POD_SECURITY = Pattern.compile("violates PodSecurity \"([a-z]+)");

  private final ClusterApi api;
  private final PairSpec spec;

  Refusal(ClusterApi api, PairSpec spec) {
    this.api = api;
    this.spec = spec;
  }

  /** What keeps an object of that name from being made. */
  ClusterException explain(KubernetesClientException e, String verb, String resource, String name) {
    return e.getCode() == CONFLICT
        ? ClusterException.failed(
            "%s %s is in namespace \"%s\" already, and not as one of pair %s: somebody else's, or just made by another teletun up. See: kubectl get %s %s -n %s --show-labels; or take other names with -name=NAME"
                .formatted(
                    resource,
                    name,
                    spec.namespace(),
                    spec.name(),
                    resource,
                    name,
                    spec.namespace()),
            e)
        : explain(e, verb, resource);
  }

  ClusterException explain(KubernetesClientException e, String verb, String resource) {
    String said =
        e.getStatus() == null || e.getStatus().getMessage() == null
            ? String.valueOf(e.getMessage())
            : e.getStatus().getMessage();
    Matcher podSecurity = POD_SECURITY.matcher(said);
    if (podSecurity.find()) {
      return ClusterException.refused(podSecurity(podSecurity.group(1)), e);
    }
    if (said.contains("denied") || said.contains("exceeded quota")) {
      return ClusterException.refused(policy(said, resource), e);
    }
    if (e.getCode() == NOT_FOUND && said.contains("namespaces")) {
      return ClusterException.failed(
          "there is no namespace \"%s\" in context \"%s\". Make it with: kubectl create namespace %s; or name another with -namespace=NAME"
              .formatted(spec.namespace(), api.context(), spec.namespace()),
          e);
    }
    return api.explain(e, verb, resource, spec.namespace());
  }

  private String podSecurity(String level) {
    String other =
        spec.layout() == Layout.PAIR
            ? "-layout=one-pod shares no directory of the node but needs both, too"
            : "-layout=pair needs both, too";
    return "namespace \"%s\" enforces PodSecurity %s, and server-cluster needs NET_ADMIN and the node's /dev/net/tun by hostPath (%s). Name a namespace that may with -namespace=NAME, or let an administrator allow it: kubectl label namespace %s pod-security.kubernetes.io/enforce=privileged --overwrite"
        .formatted(spec.namespace(), level, other, spec.namespace());
  }

  /** An admission webhook, a ValidatingAdmissionPolicy or a quota; their words are all there is. */
  private String policy(String said, String resource) {
    boolean hostPath = said.toLowerCase(java.util.Locale.ROOT).contains("hostpath");
    String remedy =
        hostPath && spec.layout() == Layout.PAIR
            ? "Try -layout=one-pod, which shares no directory of the node; only /dev/net/tun is left"
            : "Ask who made that rule, or name another namespace with -namespace=NAME";
    return "a policy of the cluster refuses %s in namespace \"%s\": %s. %s"
        .formatted(resource, spec.namespace(), said, remedy);
  }

  static boolean forbidden(KubernetesClientException e) {
    return e.getCode() == FORBIDDEN;
  }
}
