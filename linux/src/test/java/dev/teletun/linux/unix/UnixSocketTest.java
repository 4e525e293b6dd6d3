package dev.teletun.linux.unix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.Fd;
import dev.teletun.linux.libc.Libc;
import dev.teletun.linux.libc.SyscallException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class UnixSocketTest {
  private static final Set<PosixFilePermission> GROUP =
      PosixFilePermissions.fromString("rw-rw----");

  @TempDir private Path directory;
  private Path path;

  @BeforeEach
  void choosePath() {
    path = directory.resolve("pair.sock");
  }

  @Test
  void carriesBytesBothWays() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(16);
    try (UnixListener listener = UnixListener.bind(path, GROUP);
        UnixStream client = UnixStream.connect(path);
        UnixStream server = listener.accept().orElseThrow()) {
      assertThat(listener.accept()).as("a second one").isEmpty();
      assertThat(server.read(buffer, 0, 16)).as("nothing sent yet").isZero();

      buffer.put(0, "there".getBytes(US_ASCII));
      assertThat(client.write(buffer, 0, 5)).isEqualTo(5);
      assertThat(server.read(buffer, 5, 16)).isEqualTo(5);
      assertThat(server.write(buffer, 5, 10)).isEqualTo(5);
      assertThat(client.read(buffer, 10, 16)).isEqualTo(5);

      byte[] back = new byte[5];
      buffer.get(10, back);
      assertThat(back).asString(US_ASCII).isEqualTo("there");
    }
  }

  @Test
  void carriesAnOpenDescriptorBesideTheBytes() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(16);
    List<Fd> handed = new ArrayList<>();
    try (UnixListener listener = UnixListener.bind(path, GROUP);
        UnixStream client = UnixStream.connect(path);
        UnixStream server = listener.accept().orElseThrow();
        UnixListener handedOver = UnixListener.bind(directory.resolve("other.sock"), GROUP)) {
      assertThat(client.read(buffer, 0, 16, handed::add)).as("nothing sent yet").isZero();
      assertThat(server.write(buffer, 0, 5, handedOver.fd())).isEqualTo(5);

      assertThat(client.read(buffer, 0, 16, handed::add)).isEqualTo(5);

      assertThat(handed).hasSize(1);
      try (Fd copy = handed.getFirst()) {
        assertThat(copy.number()).isNotEqualTo(handedOver.fd().number());
        assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + copy.number())))
            .isEqualTo(
                Files.readSymbolicLink(Path.of("/proc/self/fd/" + handedOver.fd().number())));
      }
    }
  }

  @Test
  void saysWhoIsThere() throws IOException {
    PeerCredentials self = new PeerCredentials(Libc.getpid(), Libc.geteuid(), groupOf(directory));
    try (UnixListener listener = UnixListener.bind(path, GROUP);
        UnixStream client = UnixStream.connect(path);
        UnixStream server = listener.accept().orElseThrow()) {
      assertThat(server.peer()).isEqualTo(self);
      assertThat(client.peer()).isEqualTo(self);
    }
  }

  @Test
  void givesTheFileTheWantedPermissionsAndRemovesItAtTheEnd() throws IOException {
    UnixListener listener = UnixListener.bind(path, GROUP);
    assertThat(Files.getPosixFilePermissions(path)).isEqualTo(GROUP);

    listener.close();
    listener.close();

    assertThat(path).doesNotExist();
  }

  @Test
  void neverHasOtherPermissionsThanTheWanted() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Set<Set<PosixFilePermission>> seen = ConcurrentHashMap.newKeySet();
    Thread watcher =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                try {
                  seen.add(Files.getPosixFilePermissions(path));
                } catch (IOException _) {
                  Thread.onSpinWait(); // between two listeners
                }
              }
            });

    for (int i = 0; i < 300 || seen.isEmpty(); i++) { // a busy machine runs the watcher late
      UnixListener.bind(path, GROUP).close();
    }
    done.set(true);
    watcher.join();

    assertThat(seen).containsExactly(GROUP);
    assertThat(Files.getPosixFilePermissions(Files.createFile(directory.resolve("other"))))
        .as("the umask is as before")
        .contains(PosixFilePermission.OTHERS_READ);
  }

  @Test
  void leavesAFileAloneThatSomebodyElsePutThere() throws IOException {
    UnixListener listener = UnixListener.bind(path, GROUP);
    Files.delete(path);
    Files.writeString(path, "not ours");

    listener.close();

    assertThat(path).hasContent("not ours");
  }

  @Test
  void replacesASocketThatNobodyListensAt() throws IOException {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path)); // the JDK leaves the file behind
    }
    assertThat(path).exists();

    try (UnixListener _ = UnixListener.bind(path, GROUP);
        UnixStream client = UnixStream.connect(path)) {
      assertThat(client.fd().number()).isNotNegative();
    }
  }

  @Test
  void refusesToReplaceALiveSocket() throws IOException {
    try (UnixListener listener = UnixListener.bind(path, GROUP)) {
      assertThatIOException()
          .isThrownBy(() -> UnixListener.bind(path, GROUP))
          .withMessageContaining("another process listens at " + path)
          .withMessageContaining("ss -lpx");

      assertThat(listener.accept()).as("the probe").isPresent();
      try (SocketChannel still = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        assertThat(still.isConnected()).isTrue();
      }
    }
  }

  @Test
  void refusesToReplaceAFileThatIsNoSocket() throws IOException {
    Files.writeString(path, "precious");

    assertThatIOException()
        .isThrownBy(() -> UnixListener.bind(path, GROUP))
        .withMessageContaining("is no socket");

    assertThat(path).hasContent("precious");
  }

  @Test
  void doesNotFollowASymbolicLink() throws IOException {
    Path target = directory.resolve("target.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(target));
    }
    Files.createSymbolicLink(path, target);

    assertThatIOException()
        .isThrownBy(() -> UnixListener.bind(path, GROUP))
        .withMessageContaining("is no socket");

    assertThat(target).exists();
    assertThat(path).isSymbolicLink();
  }

  @Test
  void takesPathsUpToTheLimitAndNamesItBeyond() throws IOException {
    String room = "s".repeat(107 - directory.toString().length() - 1);
    Path longest = directory.resolve(room);
    try (UnixListener _ = UnixListener.bind(longest, GROUP);
        UnixStream _ = UnixStream.connect(longest)) {
      assertThat(longest).exists();
    }

    Path tooLong = directory.resolve(room + "s");
    assertThatIOException()
        .isThrownBy(() -> UnixListener.bind(tooLong, GROUP))
        .withMessageContaining("has 108 bytes")
        .withMessageContaining("1 to 107");
    assertThatIOException()
        .isThrownBy(() -> UnixStream.connect(tooLong))
        .withMessageContaining("has 108 bytes");
  }

  @Test
  void saysWhatIsMissingWhenItCannotConnectOrBind() {
    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(() -> UnixStream.connect(path))
        .withMessageContaining("connect(" + path + ") failed: ENOENT")
        .withMessageContaining("is the other program running")
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(() -> UnixListener.bind(directory.resolve("none/pair.sock"), GROUP))
        .withMessageContaining("Create the directory first");
  }

  @Test
  void endsWhenTheOtherSideIsGoneEvenIfItReadNothing() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(16);
    try (UnixListener listener = UnixListener.bind(path, GROUP);
        UnixStream client = UnixStream.connect(path)) {
      client.write(buffer, 0, 4);
      listener.accept().orElseThrow().close();

      assertThat(client.read(buffer, 0, 16)).isEqualTo(UnixStream.END);
      assertThatExceptionOfType(SyscallException.class)
          .isThrownBy(() -> client.write(buffer, 0, 4))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
    }
  }

  @Test
  void writesAsMuchAsFitsAndThenNothing() throws IOException {
    ByteBuffer big = ByteBuffer.allocateDirect(8 << 20);
    try (UnixListener listener = UnixListener.bind(path, GROUP);
        UnixStream client = UnixStream.connect(path);
        UnixStream server = listener.accept().orElseThrow()) {
      int written = client.write(big, 0, big.capacity());

      assertThat(written).isBetween(1 << 19, big.capacity() - 1);
      assertThat(client.write(big, written, big.capacity())).isZero();
      assertThat(server.read(big, 0, big.capacity())).isPositive();
    }
  }

  private static int groupOf(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:gid");
  }
}
