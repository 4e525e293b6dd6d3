package dev.teletun.fuzz;

import static dev.teletun.fuzz.Oracle.require;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.teletun.protocol.control.ControlException;
import dev.teletun.protocol.control.ResolvConf;
import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * The text of a server's resolv.conf: what is believed of it is within bounds, is written in
 * nothing but harmless characters, and reads the same again; what is not is safe to print.
 */
public final class ResolvConfs {
  private static final Pattern WRITTEN =
      Pattern.compile(
          "(search( [a-z0-9_][a-z0-9_.-]{0,252})+\n)?(nameserver [0-9a-f.:]+\n){0,3}"
              + "(options (ndots|timeout|attempts):[0-9]{1,2}\n){0,3}");
  private static final int MOST_IGNORED = 21;

  private ResolvConfs() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] data) throws ControlException {
    check(new String(data, ISO_8859_1));
  }

  static void check(String text) throws ControlException {
    if (text.length() > ResolvConf.LIMIT_BYTES) {
      return;
    }
    ResolvConf read = ResolvConf.parse(text);
    Oracle.withinBytes((1 << 20) + 2048L * text.length(), () -> ResolvConf.parse(text));
    String written = read.format();
    require(WRITTEN.matcher(written).matches(), "written as %s", written);
    ResolvConf again = ResolvConf.parse(written);
    require(again.format().equals(written), "written again as %s", again.format());
    require(again.ignored().isEmpty(), "not believed again: %s", again.ignored());
    for (InetAddress server : read.nameServers()) {
      require(!server.isLoopbackAddress() && !server.isMulticastAddress(), "asks %s", server);
    }
    require(read.search().size() <= ResolvConf.MOST_SEARCH_DOMAINS, "many search domains");
    require(read.ignored().size() <= MOST_IGNORED, "many lines of complaint");
    for (String line : read.ignored()) {
      require(line.length() < 512, "a complaint of %d characters", line.length());
      require(line.chars().allMatch(c -> c >= ' ' && (c < 0x7f || c == '…')), "prints %s", line);
    }
    read.clusterDomain().ifPresent(d -> require(read.search().contains(d), "made up %s", d));
  }
}
