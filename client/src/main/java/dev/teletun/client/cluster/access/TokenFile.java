package dev.teletun.client.cluster.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A token in a file that somebody else keeps fresh, such as the kubelet in a pod. */
final class TokenFile implements Credentials {
  private static final Duration FRESH = Duration.ofSeconds(10); // as long as client-go

  private final InvokingUser user;
  private final Path file;
  private String token;
  private long readAt;

  /** Reads it the first time. */
  TokenFile(InvokingUser user, Path file) throws ClusterException {
    this.user = user;
    this.file = file;
    try {
      token = read();
    } catch (IOException e) {
      throw ClusterException.failed(
          "cannot read the token file %s of the kubeconfig: %s. Check it with: ls -l %s"
              .formatted(file, Unreachable.rootMessage(e), file),
          e);
    }
  }

  @Override
  public synchronized Optional<String> token() {
    if (System.nanoTime() - readAt > FRESH.toNanos()) {
      boolean _ = renew(Optional.empty());
    }
    return Optional.of(token);
  }

  @Override
  public synchronized boolean renew(Optional<String> refused) {
    try {
      String before = token;
      token = read();
      return !token.equals(before);
    } catch (IOException _) {
      return false; // the one we have may still do
    }
  }

  private String read() throws IOException {
    readAt = System.nanoTime();
    return new String(user.read(file), UTF_8).strip();
  }
}
