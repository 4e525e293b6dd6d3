package dev.teletun.cli.check;

import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.settings.Problems;
import dev.teletun.protocol.settings.ThrowingSupplier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads option values. Each problem names the option as it is written on the command line.
 *
 * <p>A value that is wrong is added to the problems and read as empty, so that the rest is still
 * checked.
 */
public final class Checks {
  // include/uapi/linux/un.h: sun_path has 108 bytes, the last one for the NUL
  private static final int LONGEST_SOCKET_PATH = 107;
  // include/uapi/linux/if.h: IFNAMSIZ 16, the last one for the NUL
  private static final int LONGEST_INTERFACE_NAME = 15;
  private static final int LARGEST_PORT = 65_535;

  private final Problems problems;

  /** What is wrong goes to {@code problems}. */
  public Checks(Problems problems) {
    this.problems = problems;
  }

  /** A value that must be given. */
  public <T> Optional<T> required(
      String option, String label, String purpose, @Nullable String value, Reader<T> reader) {
    if (value == null) {
      problems.add("missing %s=%s: %s".formatted(option, label, purpose));
      return Optional.empty();
    }
    return problems.check(() -> reader.read(option, value));
  }

  /** A value that may be left out. */
  public <T> Optional<T> optional(String option, @Nullable String value, Reader<T> reader) {
    return value == null ? Optional.empty() : problems.check(() -> reader.read(option, value));
  }

  /** Values of an option that may be repeated. */
  public <T> List<T> each(String option, List<String> values, Reader<T> reader) {
    return values.stream()
        .map(value -> problems.check(() -> reader.read(option, value)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** One more check, of several values together. */
  public <T> Optional<T> also(ThrowingSupplier<T> check) {
    return problems.check(check);
  }

  /** 1 to 65535. */
  public static int port(String option, String value) {
    return number(option, value, 1, LARGEST_PORT, "a port");
  }

  /** A numeric user id. */
  public static OptionalInt uid(String option, String value) {
    return OptionalInt.of(number(option, value, 0, Integer.MAX_VALUE, "a numeric user id"));
  }

  /** A process id. */
  public static int pid(String option, String value) {
    return number(option, value, 1, Integer.MAX_VALUE, "a process id");
  }

  /** {@code json} or {@code text}; true for the former. */
  public static boolean json(String option, String value) {
    return switch (value) {
      case "json" -> true;
      case "text" -> false;
      default ->
          throw new IllegalArgumentException(
              "%s=%s: neither text nor json; write %s=json".formatted(option, value, option));
    };
  }

  /** {@code on} or {@code off}. */
  public static boolean onOff(String option, String value) {
    return switch (value) {
      case "on" -> true;
      case "off" -> false;
      default -> throw wrong(option, value, "neither on nor off", "write %s=off".formatted(option));
    };
  }

  /** A prefix in CIDR notation or a single address. */
  public static Prefix prefix(String option, String value) {
    try {
      return Prefix.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s=%s: %s".formatted(option, value, e.getMessage()), e);
    }
  }

  /** A host name or an address. */
  public static String host(String option, String value) {
    if (value.contains(":")) {
      return address(option, value);
    }
    if (!value.matches("[0-9A-Za-z._-]{1,253}")) {
      throw notAHost(option, value);
    }
    return value;
  }

  /** Only an IPv6 address has colons. */
  private static String address(String option, String value) {
    try {
      return Addresses.parse(value).getHostAddress();
    } catch (IllegalArgumentException e) {
      throw (IllegalArgumentException) notAHost(option, value).initCause(e);
    }
  }

  private static IllegalArgumentException notAHost(String option, String value) {
    return wrong(
        option,
        value,
        "neither a host name nor an address",
        "the port goes to -port, as in %s=vpn.example -port=443".formatted(option));
  }

  /** The name of a network interface. */
  public static String interfaceName(String option, String value) {
    if (!value.matches("[^\\s/:]{1," + LONGEST_INTERFACE_NAME + "}")) {
      throw wrong(option, value, "no interface's name", "see ip link");
    }
    return value;
  }

  /** A file that can be read. */
  public static Path readableFile(String option, String value) {
    Path file = path(option, value);
    if (!Files.exists(file)) {
      throw wrong(option, value, "no such file", "check the path");
    }
    if (!Files.isRegularFile(file)) {
      throw wrong(option, value, "not a file", "check the path");
    }
    if (!Files.isReadable(file)) {
      throw wrong(option, value, "not readable for us", "see ls -l %s".formatted(value));
    }
    return file;
  }

  /**
   * The path of an AF_UNIX socket. It need not exist, nor need its directory, which server-cluster
   * makes; but that one's parent must.
   */
  public static Path socket(String option, String value) {
    Path file = path(option, value);
    int bytes = file.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LONGEST_SOCKET_PATH) {
      throw wrong(
          option,
          value,
          "%d bytes long, and a socket's path may have %d".formatted(bytes, LONGEST_SOCKET_PATH),
          "choose a shorter one");
    }
    Path directory = file.toAbsolutePath().getParent();
    if (!isDirectory(directory) && (directory == null || !isDirectory(directory.getParent()))) {
      throw wrong(
          option,
          value,
          "neither its directory %s nor that one's parent exists"
              .formatted(directory == null ? "" : directory),
          "make the directory that both servers share");
    }
    return file;
  }

  private static boolean isDirectory(@Nullable Path path) {
    return path != null && Files.isDirectory(path);
  }

  /** A path, without looking whether there is something. */
  public static Path path(String option, String value) {
    if (value.isEmpty() || value.indexOf('\0') >= 0) {
      throw wrong(option, value, "no path", "name a file");
    }
    return Path.of(value);
  }

  private static int number(String option, String value, int least, int most, String what) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw (IllegalArgumentException) notInRange(option, value, least, most, what).initCause(e);
    }
    throw notInRange(option, value, least, most, what);
  }

  private static IllegalArgumentException notInRange(
      String option, String value, int least, int most, String what) {
    return wrong(
        option, value, "not " + what, "write a number from %d to %d".formatted(least, most));
  }

  private static IllegalArgumentException wrong(
      String option, String value, String why, String remedy) {
    return new IllegalArgumentException("%s=%s: %s; %s".formatted(option, value, why, remedy));
  }

  /**
   * Turns the text of an option into a value.
   *
   * @param <T> the value's type
   */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads {@code value}.
     *
     * @throws IllegalArgumentException if it is wrong; the message is shown to the user
     */
    T read(String option, String value);
  }
}
