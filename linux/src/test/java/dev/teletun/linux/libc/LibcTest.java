package dev.teletun.linux.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibcTest {
  private static final int O_RDWR = 2;
  private static final int EFD_NONBLOCK = 0x800;

  @Test
  void keepsTheErrorNumberOfARefusedCall() {
    int answer = Libc.close(-1);

    assertThat(answer).isEqualTo(-1);
    assertThat(Libc.errno()).isEqualTo(Errno.EBADF);
  }

  @Test
  void writesToAnAddressAndReadsFromIt(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("näme"));
    NativeMemory text = NativeMemory.ofString("tunnel");

    try (Fd fd = Fd.checked(Libc.open(file.toString(), O_RDWR, 0), "open(" + file + ")")) {
      assertThat(Libc.write(fd.number(), text.address(), 6)).isEqualTo(6);
    }

    assertThat(file).hasContent("tunnel");
  }

  @Test
  void closesADescriptorOnceOnly() throws IOException {
    Fd first = Fd.checked(Libc.eventfd(0, EFD_NONBLOCK), "eventfd()");
    int number = first.number();
    first.close();
    Fd heir = Fd.checked(Libc.eventfd(0, EFD_NONBLOCK), "eventfd()");
    assertThat(heir.number()).as("the kernel gives the lowest free number").isEqualTo(number);

    first.close();

    assertThat(first.number()).isEqualTo(-1);
    assertThat(Libc.fcntl(heir.number(), 1, 0)).as("fcntl(F_GETFD)").isNotNegative();
    heir.close();
  }

  @Test
  void saysWhichCallFailedWhyAndWhatToDo() {
    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(
            () -> Fd.checked(Libc.open("/nonexistent/tun", O_RDWR, 0), "open(/dev/net/tun)"))
        .withMessageStartingWith(
            "open(/dev/net/tun) failed: ENOENT (No such file or directory). Load the driver")
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
  }

  @Test
  void tellsAForbiddenDeviceFromAMissingOneAndAMissingCapability() {
    assertThat(new SyscallException("open(/dev/net/tun)", Errno.EPERM))
        .hasMessageContaining("runc");
    assertThat(new SyscallException("ioctl(TUNSETIFF, tel0)", Errno.EPERM))
        .hasMessageContaining("CAP_NET_ADMIN");
  }

  @Test
  void namesEveryErrorNumber() {
    assertThat(Errno.name(Errno.EPERM)).isEqualTo("EPERM");
    assertThat(Errno.name(Errno.EHOSTUNREACH)).isEqualTo("EHOSTUNREACH");
    assertThat(Errno.name(133)).isEqualTo("EHWPOISON");
    assertThat(Errno.name(134)).isEqualTo("errno 134");
    assertThat(Errno.name(0)).isEqualTo("errno 0");
  }

  @Test
  void movesBytesBetweenADescriptorAndADirectBuffer() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(24);
    try (Fd counter = Fd.checked(Libc.eventfd(0, EFD_NONBLOCK), "eventfd()")) {
      BulkIo io = new BulkIo(counter);

      assertThat(io.read(buffer, 0, 8)).as("nothing there").isZero();
      buffer.putLong(8, 1L << 56);
      assertThat(io.write(buffer, 8, 16)).isEqualTo(8);
      assertThat(io.read(buffer, 16, 24)).isEqualTo(8);
      assertThat(buffer.getLong(16)).isEqualTo(1L << 56);
      assertThat(io.write(buffer, 0, 4)).as("too short for an eventfd").isEqualTo(-Errno.EINVAL);
    }
  }

  @Test
  void refusesToTouchTheNumberOfAClosedDescriptor() throws IOException {
    Fd closed = Fd.checked(Libc.eventfd(0, EFD_NONBLOCK), "eventfd()");
    BulkIo io = new BulkIo(closed);
    closed.close();

    assertThatExceptionOfType(SyscallException.class)
        .isThrownBy(() -> io.read(ByteBuffer.allocateDirect(8), 0, 8))
        .withMessageContaining("EBADF");
  }
}
