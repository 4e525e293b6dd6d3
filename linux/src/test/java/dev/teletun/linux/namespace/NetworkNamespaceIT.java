package dev.teletun.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.teletun.linux.libc.SyscallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("netns")
class NetworkNamespaceIT {

  @Test
  void runsWorkInsideAndLeavesTheCallerOutside() throws Exception {
    try (TestNamespace made = TestNamespace.create()) {
      String outside = here();
      String inside = made.call(NetworkNamespaceIT::here);

      assertThat(inside).isNotEqualTo(outside);
      assertThat(here()).isEqualTo(outside);
      assertThat(made.run("readlink", "/proc/self/ns/net").strip()).isEqualTo(inside);
    }
  }

  @Test
  void findsTheNamespacesOfThisThreadAndOfAProcess() throws Exception {
    try (NetworkNamespace current = NetworkNamespace.current();
        NetworkNamespace ours = NetworkNamespace.ofProcess(ProcessHandle.current().pid())) {
      assertThat(current.call(NetworkNamespaceIT::here)).isEqualTo(here());
      assertThat(ours.call(NetworkNamespaceIT::here)).isEqualTo(here());
    }
  }

  @Test
  void rethrowsWhatTheWorkThrew() throws Exception {
    try (NetworkNamespace current = NetworkNamespace.current()) {
      IOException world = new IOException("the world");

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              current.call(() -> {
                throw world;
              }))
          .isSameAs(world);
      assertThatIllegalStateException()
          .isThrownBy(() ->
              current.call(() -> {
                throw new IllegalStateException("a bug");
              }))
          .withMessage("a bug");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              current.call(() -> {
                throw new Exception("another");
              }))
          .withMessage("another");
    }
  }

  @Test
  void passesAnInterruptToTheWorkAndWaitsForIt() throws Exception {
    try (NetworkNamespace current = NetworkNamespace.current()) {
      Thread.currentThread().interrupt();
      String result = current.call(NetworkNamespaceIT::waitForInterrupt);

      assertThat(result).isEqualTo("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void saysHowToSeeWhichNamespacesThereAre() {
    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(() -> NetworkNamespace.named("nlt-none"))
        .withMessageContaining("/run/netns/nlt-none")
        .withMessageContaining("ip netns list");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NetworkNamespace.named("../../proc/1/ns/net"));
  }

  private static String waitForInterrupt() {
    try {
      Thread.sleep(60_000);
      return "slept";
    } catch (InterruptedException e) {
      return "interrupted";
    }
  }

  private static String here() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
  }
}
