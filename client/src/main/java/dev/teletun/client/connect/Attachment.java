package dev.teletun.client.connect;

import dev.teletun.client.cluster.reach.Candidate;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.host.route.RoutePlan;
import dev.teletun.protocol.address.Prefix;
import dev.teletun.protocol.control.AddressList;
import dev.teletun.protocol.control.ResolvConf;
import dev.teletun.protocol.message.Token;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the server says when the pod is ours.
 *
 * @param at where the server was dialled
 * @param token of the session; empty for a server of version 1
 * @param resumed the session of before goes on, and so do its associations
 */
record Attachment(
    Candidate at,
    Optional<Token> token,
    boolean resumed,
    AddressList addresses,
    ResolvConf resolvConf) {

  /** The cluster's names with these routes: servers that they do not lead to are left out. */
  ClusterNames names(RoutePlan routes, Set<String> namespaces) {
    List<InetAddress> servers = resolvConf.nameServers().stream().filter(routes::covers).toList();
    List<Prefix> reverse =
        Stream.concat(addresses.addresses().stream().map(Prefix::host), routes.prefixes().stream())
            .toList();
    return new ClusterNames(servers, resolvConf.search(), resolvConf.ndots(), reverse, namespaces);
  }
}
