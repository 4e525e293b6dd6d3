package dev.teletun.client.cluster.access;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a credential plugin answered (client.authentication.k8s.io, kind ExecCredential). Never
 * prints what is secret in it.
 */
record ExecCredential(
    Optional<String> token,
    Optional<String> certificate,
    Optional<String> key,
    Optional<Instant> expiry) {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  /**
   * Reads a plugin's standard output.
   *
   * @param apiVersion that the kubeconfig names
   * @throws IllegalArgumentException with what is wrong; it quotes nothing of the output
   */
  static ExecCredential parse(String output, String apiVersion) {
    Map<?, ?> answer = object(output);
    if (!"ExecCredential".equals(answer.get("kind"))) {
      throw new IllegalArgumentException("it printed no ExecCredential");
    }
    if (!apiVersion.equals(answer.get("apiVersion"))) {
      throw new IllegalArgumentException(
          "it answered in another apiVersion than %s, which the kubeconfig names"
              .formatted(apiVersion));
    }
    if (!(answer.get("status") instanceof Map<?, ?> status)) {
      throw new IllegalArgumentException("its answer has no status");
    }
    ExecCredential credential =
        new ExecCredential(
            text(status.get("token")),
            text(status.get("clientCertificateData")),
            text(status.get("clientKeyData")),
            text(status.get("expirationTimestamp")).map(ExecCredential::instant));
    if (credential.certificate.isPresent() != credential.key.isPresent()) {
      throw new IllegalArgumentException(
          "its answer has a certificate without key, or a key alone");
    }
    if (credential.token.isEmpty() && credential.certificate.isEmpty()) {
      throw new IllegalArgumentException("its answer has neither token nor certificate");
    }
    return credential;
  }

  private static Map<?, ?> object(String output) {
    try {
      Object parsed = JSON.unmarshal(output, Map.class);
      if (parsed instanceof Map<?, ?> map) {
        return map;
      }
    } catch (RuntimeException _) { // its message may quote a token, so it is no cause either
      throw new IllegalArgumentException("what it printed is no JSON");
    }
    throw new IllegalArgumentException("it printed nothing");
  }

  private static Optional<String> text(@Nullable Object value) {
    return value instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
  }

  private static Instant instant(String timestamp) {
    try {
      return Instant.parse(timestamp);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("its expirationTimestamp is no RFC 3339 time", e);
    }
  }

  boolean expired(Instant now) {
    return expiry.isPresent() && !now.isBefore(expiry.get());
  }

  @Override
  public String toString() {
    return "credential until " + expiry.map(Instant::toString).orElse("further notice");
  }
}
