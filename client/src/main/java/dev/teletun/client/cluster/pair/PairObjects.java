package dev.teletun.client.cluster.pair;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The objects of one pair: those of the files in {@code deploy/}, which are in this jar, under the
 * pair's own names.
 */
public final class PairObjects {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final String SERVICE = "service/node-port.yaml";
  private static final Pattern NEXT_DOCUMENT = Pattern.compile("(?m)^---.*$");
  private static final int DIGEST_BYTES = 8;

  private final PairSpec spec;

  /** Nothing is read yet. */
  public PairObjects(PairSpec spec) {
    this.spec = spec;
  }

  /** Everything but the Secret, in the order in which it should be made. */
  public List<HasMetadata> withoutKeys() {
    List<HasMetadata> objects = new ArrayList<>(read(spec.layout().manifest()));
    objects.addAll(read(SERVICE));
    objects.forEach(this::rename);
    return objects;
  }

  /** {@link #withoutKeys} as YAML, for people who apply it themselves. */
  public String yaml() {
    return withoutKeys().stream().map(YAML::asYaml).collect(Collectors.joining());
  }

  /**
   * Everything, each object with a digest of what was asked for.
   *
   * @param keys content by file name
   */
  List<HasMetadata> all(Map<String, String> keys) {
    Secret secret = secret(keys);
    // of the public halves alone: what is derived from the private one stays out of annotations
    String keyDigest = digest(keys.get("server.pub") + keys.get("client.pub"));
    annotate(secret, keyDigest);
    List<HasMetadata> all = new ArrayList<>(List.of(secret));
    for (HasMetadata object : withoutKeys()) {
      annotate(object, digest(YAML.asYaml(object) + keyDigest));
      all.add(object);
    }
    return all;
  }

  private Secret secret(Map<String, String> keys) {
    Map<String, String> data = new LinkedHashMap<>();
    for (String file : List.of("server.key", "server.pub", "client.pub")) {
      data.put(
          file, Base64.getEncoder().encodeToString(keys.getOrDefault(file, "").getBytes(UTF_8)));
    }
    return new SecretBuilder()
        .withNewMetadata()
        .withName(spec.secret())
        .withNamespace(spec.namespace())
        .withLabels(labels(Map.of()))
        .endMetadata()
        .withType("Opaque")
        .withData(data)
        .build();
  }

  private void rename(HasMetadata object) {
    ObjectMeta metadata = object.getMetadata();
    metadata.setName(renamed(metadata.getName()));
    metadata.setNamespace(spec.namespace());
    metadata.setLabels(labels(metadata.getLabels()));
    switch (object) {
      case Pod pod -> rename(pod.getSpec());
      case Service service -> ofThisPair(service.getSpec().getSelector());
      case NetworkPolicy policy -> ofThisPair(policy.getSpec().getPodSelector().getMatchLabels());
      default ->
          throw new IllegalStateException(
              "deploy/ has a %s, for which nothing says what is named in it"
                  .formatted(object.getKind()));
    }
  }

  private void rename(PodSpec pod) {
    spec.image().ifPresent(image -> pod.getContainers().forEach(c -> c.setImage(image)));
    pod.getVolumes().stream()
        .filter(volume -> volume.getSecret() != null)
        .forEach(v -> v.getSecret().setSecretName(renamed(v.getSecret().getSecretName())));
    if (pod.getAffinity() != null) {
      for (PodAffinityTerm term :
          pod.getAffinity().getPodAffinity().getRequiredDuringSchedulingIgnoredDuringExecution()) {
        ofThisPair(term.getLabelSelector().getMatchLabels());
      }
    }
  }

  /** {@code teletun-external} becomes {@code NAME-external}. */
  private String renamed(String name) {
    return spec.name() + name.substring(PairLabels.TELETUN.length());
  }

  private Map<String, String> labels(Map<String, String> before) {
    Map<String, String> labels = new LinkedHashMap<>(before);
    labels.putAll(PairLabels.of(spec.name()));
    labels.put(PairLabels.MANAGED_BY, PairLabels.TELETUN);
    return labels;
  }

  private void ofThisPair(Map<String, String> selector) {
    selector.put(PairLabels.INSTANCE, spec.name());
  }

  private static void annotate(HasMetadata object, String digest) {
    Map<String, String> annotations =
        new LinkedHashMap<>(
            Optional.ofNullable(object.getMetadata().getAnnotations()).orElse(Map.of()));
    annotations.put(PairLabels.CONTENT, digest);
    object.getMetadata().setAnnotations(annotations);
  }

  /** The digest of what was asked for; empty for an object that was not made here. */
  static String content(HasMetadata object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(PairLabels.CONTENT, "");
  }

  private static List<HasMetadata> read(String manifest) {
    return NEXT_DOCUMENT
        .splitAsStream(text(manifest))
        .map(document -> (HasMetadata) YAML.unmarshal(document))
        .toList();
  }

  /** A file of {@code deploy/}. */
  static String text(String file) {
    try (InputStream in = PairObjects.class.getResourceAsStream("/dev/teletun/deploy/" + file)) {
      if (in == null) {
        throw new IllegalStateException("this program was built without deploy/" + file);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String digest(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
