package dev.teletun.linux.nft;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import java.io.IOException;

/**
 * Commands that libnftables or the kernel refused; then none of them has had an effect.
 *
 * <p>If the kernel refused, the cause is a {@link SyscallException} that says the same.
 */
public final class NftException extends IOException {
  private static final long serialVersionUID = 1L;

  private static final int LONGEST_SHOWN = 80;

  private final int errno;
  private final String details;

  /**
   * Makes the sentence of what libnftables wrote.
   *
   * @param output its error buffer
   */
  NftException(String commands, String output) {
    super(sentence(commands, output));
    this.errno = errnoIn(output);
    this.details = output;
    if (errno != 0) {
      initCause(new SyscallException(call(commands), errno, remedy(errno)));
    }
  }

  /** Why the kernel refused, a constant of {@link Errno}; 0 if the commands are not nftables. */
  public int errno() {
    return errno;
  }

  /** Everything that libnftables wrote, on several lines. */
  public String details() {
    return details;
  }

  /** The refusal that is certain without CAP_NET_ADMIN. */
  static NftException notPermitted(String commands) {
    return new NftException(commands, "Error: " + meaning(Errno.EPERM));
  }

  private static String sentence(String commands, String output) {
    String reason = reasonIn(output);
    int errno = errnoIn(output);
    String remedy = remedy(errno);
    return "%s failed: %s%s%s"
        .formatted(
            call(commands),
            reason.isEmpty() ? "no reason given" : reason,
            errno == 0 ? "" : " [" + Errno.name(errno) + "]",
            remedy.isEmpty() ? "" : ". " + remedy);
  }

  private static String call(String commands) {
    String first = commands.strip().lines().findFirst().orElse("").strip();
    boolean whole = first.length() <= LONGEST_SHOWN && first.equals(commands.strip());
    String shown = first.substring(0, Math.min(first.length(), LONGEST_SHOWN));
    return "nft(" + shown + (whole ? ")" : " …)");
  }

  private static String reasonIn(String output) {
    String first = output.lines().findFirst().orElse("").strip();
    return first.replaceFirst("^(netlink: )?Error: ", "");
  }

  /**
   * libnftables writes {@code Could not process rule: } and strerror(3), in the language of the
   * process, sometimes with advice after a semicolon.
   */
  private static int errnoIn(String output) {
    String reason = reasonIn(output).split(";", 2)[0];
    for (int errno = 1; errno < Errno.COUNT; errno++) {
      String meaning = meaning(errno);
      if (reason.equals(meaning) || reason.endsWith(": " + meaning)) {
        return errno;
      }
    }
    return 0;
  }

  /** The part of {@code EPERM (Operation not permitted)} in parentheses. */
  private static String meaning(int errno) {
    String described = Errno.describe(errno);
    return described.substring(described.indexOf('(') + 1, described.length() - 1);
  }

  private static String remedy(int errno) {
    return switch (errno) {
      case Errno.EPERM ->
          "Run as root, or with CAP_NET_ADMIN; a table with the owner flag obeys only the process"
              + " that made it";
      case Errno.ENOENT ->
          "A table, chain or device it names is missing, or the kernel lacks a module: see \"lsmod |"
              + " grep nft_\"";
      case Errno.EOPNOTSUPP, Errno.EINVAL ->
          "This kernel lacks something that it uses: see \"uname -r\" and \"lsmod | grep nft_\"";
      default -> "";
    };
  }
}
