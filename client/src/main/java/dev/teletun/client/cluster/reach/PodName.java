package dev.teletun.client.cluster.reach;

import java.util.Optional;
import java.util.regex.Pattern;

/** A pod as the user names it: {@code web-0}, or {@code shop/web-0} with its namespace. */
public record PodName(Optional<String> namespace, String name) {
  // Kubernetes "Names": DNS label for a namespace, DNS subdomain (RFC 1123) for a pod.
  private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  private static final Pattern NAMESPACE = Pattern.compile(LABEL);
  private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  private static final int LONGEST_NAME = 253; // characters

  /**
   * Reads either form.
   *
   * @throws IllegalArgumentException if it can be no pod's name; the message says what would be
   */
  public static PodName parse(String text) {
    int slash = text.indexOf('/');
    String name = text.substring(slash + 1);
    Optional<String> namespace =
        slash < 0 ? Optional.empty() : Optional.of(text.substring(0, slash));
    if (name.length() > LONGEST_NAME
        || !NAME.matcher(name).matches()
        || !namespace.stream().allMatch(n -> NAMESPACE.matcher(n).matches())) {
      throw new IllegalArgumentException(
          "\"%s\" is no pod's name: write it as web-0, or as shop/web-0 with its namespace"
              .formatted(text.length() <= 80 ? text : text.substring(0, 80) + "…"));
    }
    return new PodName(namespace, name);
  }

  @Override
  public String toString() {
    return namespace.map(n -> n + "/" + name).orElse(name);
  }
}
