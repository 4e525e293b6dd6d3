package dev.teletun.client.cluster.access;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a request got no answer, in words: the exceptions of the JDK's client often have none. */
final class Unreachable {
  private Unreachable() {}

  /** The reason that the innermost known cause stands for, else its message. */
  static String reason(Throwable failure) {
    String reason = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String known = known(cause);
      reason = known == null ? reason : known;
    }
    return reason == null ? rootMessage(failure) : reason;
  }

  private static @Nullable String known(Throwable cause) {
    return switch (cause) {
      case HttpTimeoutException _ -> "no answer within 10 s";
      case SSLException e -> "TLS failed: " + rootMessage(e);
      case UnknownHostException _, UnresolvedAddressException _ -> "its name does not resolve";
      case NoRouteToHostException _ -> "no route to it";
      case ConnectException e -> e.getMessage() == null ? "connection refused" : e.getMessage();
      default -> null;
    };
  }

  /** The first line of the innermost cause, or its name. */
  static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    String text = message == null ? root.getClass().getSimpleName() : message;
    return text.lines().findFirst().orElse("").strip();
  }
}
