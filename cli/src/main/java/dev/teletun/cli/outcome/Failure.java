package dev.teletun.cli.outcome;

import dev.teletun.client.cluster.access.ClusterException;
import dev.teletun.client.cluster.pair.PairHeldException;
import dev.teletun.client.connect.MissingPrivilegeException;
import dev.teletun.dtls.control.PeerNotTrustedException;
import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.tunnel.control.SlotBusyException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A failure as the caller meets it: the exit code, and one line for each thing that is wrong.
 *
 * <p>The one place where exceptions become exit codes.
 */
public record Failure(ExitCode code, List<String> lines) {

  /** What {@code thrown} means; wrappers of futures are taken off. */
  public static Failure of(Throwable thrown) {
    return switch (thrown) {
      case ExecutionException e when e.getCause() != null -> of(e.getCause());
      case CompletionException e when e.getCause() != null -> of(e.getCause());
      case InvalidSettingsException e -> new Failure(ExitCode.USAGE, oneLineEach(e.problems()));
      case IOException e -> new Failure(codeOf(e), oneLineEach(List.of(message(e))));
      default ->
          new Failure(
              ExitCode.FAILED,
              oneLineEach(
                  List.of(
                      "internal error: %s. Please report it with what --verbose adds"
                          .formatted(thrown))));
    };
  }

  /** The innermost cause that we have a code for decides: a wrapper only adds words. */
  private static ExitCode codeOf(Throwable failure) {
    ExitCode code = ExitCode.FAILED;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      ExitCode own = ownCode(cause);
      code = own == null ? code : own;
    }
    return code;
  }

  private static @Nullable ExitCode ownCode(Throwable cause) {
    return switch (cause) {
      case PeerNotTrustedException _ -> ExitCode.NOT_TRUSTED;
      case SlotBusyException _, PairHeldException _ -> ExitCode.BUSY;
      case MissingPrivilegeException _ -> ExitCode.REFUSED;
      case ClusterException e when e.refused() -> ExitCode.REFUSED;
      case SyscallException e when e.errno() == Errno.EPERM || e.errno() == Errno.EACCES ->
          ExitCode.REFUSED;
      // a container without the device answers ENOENT, one without the driver ENODEV or ENXIO
      case SyscallException e when String.valueOf(e.getMessage()).contains("/dev/net/tun") ->
          ExitCode.REFUSED;
      default -> null;
    };
  }

  private static String message(IOException failure) {
    return switch (failure) {
      // The JDK's message of these is the bare path.
      case NoSuchFileException e -> "no such file or directory: %s".formatted(e.getFile());
      case AccessDeniedException e ->
          "permission denied: %s. Check owner and mode: ls -ld %s"
              .formatted(e.getFile(), e.getFile());
      case FileSystemException e when e.getReason() != null ->
          "%s: %s".formatted(e.getFile(), e.getReason());
      default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
    };
  }

  /** A message may quote a peer, which shall not write to the terminal what it likes. */
  private static List<String> oneLineEach(List<String> messages) {
    return messages.stream()
        .map(m -> m.strip().replaceAll("\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?"))
        .toList();
  }
}
