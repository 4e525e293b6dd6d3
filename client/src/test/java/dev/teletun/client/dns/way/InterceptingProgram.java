package dev.teletun.client.dns.way;

import dev.teletun.protocol.address.Addresses;
import java.nio.file.Path;
import java.util.Set;

/** Intercepts until it is killed: a process of its own for {@link DnsInterceptIT}. */
final class InterceptingProgram {
  private InterceptingProgram() {}

  /** Takes resolv.conf and the cluster's server. */
  public static void main(String[] args) throws Exception {
    DnsPlan plan =
        new DnsPlan(
            DnsInterceptIT.names(Addresses.parse(args[1])),
            Path.of(args[0]),
            QueryMark.of("tel0"),
            "teletun-dns-" + ProcessHandle.current().pid(),
            Set.of());
    DnsIntercept.start(plan, (_, tell) -> tell.run()).ended().join();
  }
}
