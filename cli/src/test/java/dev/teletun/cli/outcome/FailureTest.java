package dev.teletun.cli.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.teletun.dtls.control.PeerNotTrustedException;
import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.protocol.settings.InvalidSettingsException;
import dev.teletun.tunnel.control.SlotBusyException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void tellsOneProblemPerLineOfABadCommandLine() {
    Failure failure = Failure.of(new InvalidSettingsException(List.of("no port", "no pod")));

    assertThat(failure.code()).isEqualTo(ExitCode.USAGE);
    assertThat(failure.lines()).containsExactly("no port", "no pod");
  }

  @Test
  void knowsWhenTheEnvironmentRefuses() {
    assertThat(code(new SyscallException("ioctl(TUNSETIFF)", Errno.EPERM)))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(code(new SyscallException("bind(80)", Errno.EACCES))).isEqualTo(ExitCode.REFUSED);
    assertThat(code(new SyscallException("open(/dev/net/tun)", Errno.ENOENT)))
        .isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void countsOtherSystemCallsAsFailures() {
    assertThat(code(new SyscallException("bind(80)", Errno.EADDRINUSE))).isEqualTo(ExitCode.FAILED);
    assertThat(code(new SyscallException("open(/dev/other)", Errno.ENOENT)))
        .isEqualTo(ExitCode.FAILED);
  }

  @Test
  void findsTheReasonBelowWrappers() {
    IOException deep =
        new IOException(
            "cannot connect", PeerNotTrustedException.peerRefused("access_denied", null));

    Failure failure = Failure.of(new ExecutionException(new CompletionException(deep)));

    assertThat(failure.code()).isEqualTo(ExitCode.NOT_TRUSTED);
    assertThat(failure.lines()).containsExactly("cannot connect");
  }

  @Test
  void knowsWhenAnotherClientIsConnected() throws ReflectiveOperationException {
    var constructor = SlotBusyException.class.getDeclaredConstructor(String.class);
    constructor.setAccessible(true); // only a control connection makes one

    assertThat(code(constructor.newInstance("10.0.0.1"))).isEqualTo(ExitCode.BUSY);
  }

  @Test
  void putsWordsWhereTheJdkHasOnlyAPath() {
    assertThat(line(new NoSuchFileException("/a"))).isEqualTo("no such file or directory: /a");
    assertThat(line(new AccessDeniedException("/a"))).startsWith("permission denied: /a. Check");
    assertThat(line(new FileAlreadyExistsException("/a", null, "exists"))).isEqualTo("/a: exists");
  }

  @Test
  void keepsWhatAPeerSaidOnOneHarmlessLine() {
    assertThat(line(new IOException("busy:\n  since\033[2J now\r\n")))
        .isEqualTo("busy: since?[2J now");
  }

  @Test
  void asksForAReportOfABug() {
    Failure failure = Failure.of(new IllegalStateException("impossible"));

    assertThat(failure.code()).isEqualTo(ExitCode.FAILED);
    assertThat(failure.lines().getFirst())
        .contains("internal error: java.lang.IllegalStateException: impossible")
        .contains("--verbose");
  }

  private static ExitCode code(Throwable thrown) {
    return Failure.of(thrown).code();
  }

  private static String line(Throwable thrown) {
    assertThat(Failure.of(thrown).lines()).hasSize(1);
    return Failure.of(thrown).lines().getFirst();
  }
}
