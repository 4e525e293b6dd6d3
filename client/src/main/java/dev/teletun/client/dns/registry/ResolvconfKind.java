package dev.teletun.client.dns.registry;

import dev.teletun.linux.process.HostCommand;
import java.io.IOException;
import java.util.Locale;

/** The three programs that are called {@code resolvconf}, told apart by what they say. */
public enum ResolvconfKind {
  OPENRESOLV("openresolv"),
  DEBIAN("Debian's resolvconf"),
  /** A link to resolvectl: link DNS of systemd-resolved under another name. */
  SYSTEMD("systemd's resolvconf");

  /** Older versions of Debian's know no option for it, and exit with this. */
  private static final int DEBIAN_USAGE = 99;

  private final String title;

  ResolvconfKind(String title) {
    this.title = title;
  }

  /**
   * Asks the program that is called by that name.
   *
   * @throws IOException if there is none, it takes too long, or it is none of these
   */
  public static ResolvconfKind find() throws IOException {
    HostCommand.Ended ended = HostCommand.end("", "resolvconf", "--version");
    return of(ended.exit(), ended.output());
  }

  static ResolvconfKind of(int exit, String version) throws IOException {
    String words = version.strip().toLowerCase(Locale.ROOT);
    if (exit == 0 && words.startsWith("openresolv")) {
      return OPENRESOLV;
    }
    if (exit == 0 && words.startsWith("systemd")) {
      return SYSTEMD;
    }
    if (exit == DEBIAN_USAGE || (exit == 0 && words.startsWith("debian resolvconf"))) {
      return DEBIAN;
    }
    throw new IOException(
        "resolvconf is none that is known: resolvconf --version ended with %d and said \"%s\""
            .formatted(exit, words.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?")));
  }

  @Override
  public String toString() {
    return title;
  }
}
