package dev.teletun.client.host.state;

import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.host.route.RoutePlan;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What is to be on the host while it is the pod. {@link TakenHost#apply} makes it so.
 *
 * @param addresses of the pod
 * @param mtu of the device, bytes, at least 1280
 * @param routes into the tunnel
 * @param names of the cluster; empty to leave DNS alone
 */
public record HostState(
    List<InetAddress> addresses, int mtu, RoutePlan routes, Optional<ClusterNames> names) {

  /** Copies the list. */
  public HostState {
    addresses = List.copyOf(addresses);
  }

  /** The same for another pod. */
  public HostState withAddresses(List<InetAddress> others) {
    return new HostState(others, mtu, routes, names);
  }

  /** The same for other routes, and names that go with them, where DNS is not left alone. */
  public HostState withRoutes(RoutePlan others, ClusterNames known) {
    return new HostState(addresses, mtu, others, names.map(_ -> known));
  }
}
