package dev.teletun.protocol.control;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Domain names that may be handed on to a resolver or a tool. */
final class DomainNames {
  private static final int LONGEST = 253; // RFC 1035 §2.3.4, without the root's length byte

  // RFC 1123 §2.1, and the underscore of service names. No label begins with a hyphen, so that no
  // name is ever taken for an option.
  private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");

  private DomainNames() {}

  /** {@code text} in lower case without a final dot, or empty if it is no valid name. */
  static Optional<String> canonical(String text) {
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (name.length() > LONGEST) {
      return Optional.empty();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    return NAME.matcher(lower).matches() ? Optional.of(lower) : Optional.empty();
  }
}
