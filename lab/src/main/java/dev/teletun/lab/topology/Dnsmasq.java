package dev.teletun.lab.topology;

import java.util.ArrayList;
import java.util.List;

/** A name server of Debian's that does only what its options say, on whatever host. */
public final class Dnsmasq {
  private Dnsmasq() {}

  /** The command line that starts it, in the foreground. */
  public static String[] line(String... options) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
                "--pid-file=",
                "--user=root",
                "--group=")); // a user namespace with one uid lets nobody change groups
    line.addAll(List.of(options));
    return line.toArray(String[]::new);
  }
}
