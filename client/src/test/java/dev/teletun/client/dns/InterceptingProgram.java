package dev.teletun.client.dns;

import dev.teletun.protocol.address.Addresses;
import java.nio.file.Path;
import java.util.List;

/** Intercepts until it is killed: a process of its own for {@link DnsInterceptIT}. */
final class InterceptingProgram {
  private InterceptingProgram() {}

  /** Takes resolv.conf and the cluster's server. */
  public static void main(String[] args) throws Exception {
    DnsPlan plan =
        new DnsPlan(
            List.of(Addresses.parse(args[1])),
            List.of("shop.svc.cluster.local", "svc.cluster.local", "cluster.local"),
            5,
            Path.of(args[0]),
            0x7e1,
            "teletun-dns-" + ProcessHandle.current().pid());
    DnsIntercept.start(plan).ended().join();
  }
}
