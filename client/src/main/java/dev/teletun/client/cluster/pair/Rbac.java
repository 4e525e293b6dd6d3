package dev.teletun.client.cluster.pair;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an administrator applies to let people use TeleTUN: a file of {@code deploy/rbac}. */
public final class Rbac {
  private static final Pattern SUBJECT =
      Pattern.compile("(?m)^  - \\{.*kind: User, name: developer\\}$");
  private static final Pattern NAMESPACED =
      Pattern.compile("(?m)^kind: (Role|RoleBinding)\\nmetadata:\\n");
  private static final Pattern ADVICE = Pattern.compile("(?m)^# Replace .*\\n");
  private static final Pattern USER = Pattern.compile("[^\"\\\\\\p{Cntrl}]{1,253}");

  private Rbac() {}

  /**
   * As YAML, with comments.
   *
   * @param size {@code small}, to connect to a pair that is there, or {@code full}
   * @param users as the API server knows them; the example's if empty
   */
  public static String print(String size, String namespace, List<String> users) {
    String text = PairObjects.text("rbac/%s.yaml".formatted(size));
    String placed = NAMESPACED.matcher(text).replaceAll("$0  namespace: " + namespace + "\n");
    if (users.isEmpty()) {
      return placed;
    }
    String subjects =
        users.stream()
            .map("  - {apiGroup: rbac.authorization.k8s.io, kind: User, name: \"%s\"}"::formatted)
            .collect(Collectors.joining("\n"));
    String named = SUBJECT.matcher(placed).replaceAll(_ -> Matcher.quoteReplacement(subjects));
    return ADVICE.matcher(named).replaceAll("");
  }

  /**
   * Checks a user's name.
   *
   * @throws IllegalArgumentException if it could be none
   */
  public static String checkUser(String name) {
    if (!USER.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "no user's name; see kubectl auth whoami for how the API server calls you");
    }
    return name;
  }
}
