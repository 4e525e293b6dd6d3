package dev.teletun.client.host.device;

import dev.teletun.client.host.filter.Boundary;
import dev.teletun.client.host.filter.HostFilter;
import dev.teletun.client.host.filter.Obstacle;
import dev.teletun.client.host.route.DeviceRoutes;
import dev.teletun.client.host.route.Fence;
import dev.teletun.client.host.route.PolicyTable;
import dev.teletun.client.host.route.RoutePlan;
import dev.teletun.client.host.trace.Traces;
import dev.teletun.linux.diag.SocketTable;
import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.port.TunPort;
import dev.teletun.linux.route.InterfaceAddress;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.linux.tun.Tun;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The TUN device with the pod's addresses, MTU and routes, and a guard in front of the addresses.
 * All of it is gone with the device or with the process.
 */
public final class TunnelInterface implements HostFilter.Watched, Closeable {
  private static final Path IPV6_OFF = Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6");

  private final Tun tun;
  private final TunPort port;
  private final HostFilter filter;
  private final DeviceRoutes routes;
  private final Optional<Fence> fence;
  private volatile boolean fenceStays;
  private boolean fenceRaised;
  private final Optional<PolicyTable> policy;
  private final CloseStack resources;
  private final List<String> warnings;
  private volatile List<InetAddress> addresses;

  private TunnelInterface(
      Tun tun,
      TunPort port,
      HostFilter filter,
      DeviceRoutes routes,
      Optional<Fence> fence,
      Optional<PolicyTable> policy,
      CloseStack resources,
      List<InetAddress> addresses,
      List<String> warnings) {
    this.addresses = List.copyOf(addresses);
    this.tun = tun;
    this.port = port;
    this.filter = filter;
    this.routes = routes;
    this.fence = fence;
    this.policy = policy;
    this.resources = resources;
    this.warnings = warnings;
  }

  /**
   * Makes the device, then filter, MTU and addresses, in this order; leaves nothing if one fails.
   *
   * @param mtu bytes, at least 1280
   * @param boundary what may pass
   * @param strict for a table of routes before the host's: where its rules are written down
   */
  public static TunnelInterface open(
      List<InetAddress> addresses, int mtu, Boundary boundary, Optional<Traces> strict)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    boolean ipv6 = hasIpv6();
    try (CloseStack onFailure = new CloseStack();
        RouteSocket kernel = RouteSocket.open()) {
      refuseOwn(addresses, kernel);
      Tun tun = Tun.open("tel%d");
      TunPort port = onFailure.own(new TunPort(tun));
      ClientDevice.mark(kernel, tun.interfaceIndex());
      HostFilter filter = onFailure.own(HostFilter.open(tun.name(), addresses, boundary));
      warnings.addAll(filter.warnings());
      kernel.mtu(tun.interfaceIndex(), mtu);
      for (InetAddress address : addresses) {
        if (ipv6 || !(address instanceof Inet6Address)) {
          kernel.add(host(tun.interfaceIndex(), address));
        } else {
          warnings.add(
              "IPv6 is off on this host: %s is not taken".formatted(Addresses.text(address)));
        }
      }
      kernel.up(tun.interfaceIndex());
      Optional<PolicyTable> policy =
          strict.map(t -> new PolicyTable(tun.interfaceIndex(), tun.name(), ipv6, t));
      policy.ifPresent(table -> onFailure.own(table::undo));
      DeviceRoutes own = new DeviceRoutes(tun.interfaceIndex(), ipv6);
      Optional<Fence> fence =
          boundary.failClosed() ? Optional.of(new Fence(tun.name(), ipv6)) : Optional.empty();
      return new TunnelInterface(
          tun, port, filter, own, fence, policy, onFailure.handOver(), addresses, warnings);
    }
  }

  private static InterfaceAddress host(int interfaceIndex, InetAddress address) {
    return new InterfaceAddress(interfaceIndex, address, address.getAddress().length * 8);
  }

  private static boolean hasIpv6() throws IOException {
    return Files.exists(IPV6_OFF) && !Files.readString(IPV6_OFF).startsWith("1");
  }

  private static void refuseOwn(List<InetAddress> addresses, RouteSocket kernel)
      throws IOException {
    List<ClientDevice> clients = ClientDevice.all(kernel);
    for (InterfaceAddress own : kernel.addresses()) {
      if (addresses.contains(own.address())) {
        for (ClientDevice client : clients) {
          if (client.index() == own.interfaceIndex()) {
            throw new IOException(
                "the server gave us %s, which this host already is by %s. End that client first: kill %d"
                    .formatted(Addresses.text(own.address()), client, client.process()));
          }
        }
        throw new IOException(
            "the server gave us %s, which this host already has on interface %s: disconnect the other tunnel first (ip addr)"
                .formatted(
                    Addresses.text(own.address()), kernel.link(own.interfaceIndex()).name()));
      }
    }
  }

  /**
   * Makes these the device's addresses, also if somebody else has changed them: first the new ones,
   * then the old ones go, and with them this host's connections from them, which nobody could
   * answer any more.
   *
   * @return how many connections were ended; empty on a kernel that cannot end them
   */
  public OptionalInt address(List<InetAddress> addresses) throws IOException {
    boolean ipv6 = hasIpv6();
    if (!addresses.equals(this.addresses)) {
      filter.addresses(addresses);
    }
    List<InetAddress> gone =
        this.addresses.stream().filter(address -> !addresses.contains(address)).toList();
    try (RouteSocket kernel = RouteSocket.open()) {
      for (InetAddress address : addresses) {
        if (ipv6 || !(address instanceof Inet6Address)) {
          kernel.add(host(tun.interfaceIndex(), address));
        }
      }
      for (InetAddress address : gone) {
        kernel.delete(host(tun.interfaceIndex(), address));
      }
    }
    this.addresses = List.copyOf(addresses);
    return gone.isEmpty() ? OptionalInt.of(0) : abortConnections(gone);
  }

  /** At first it takes the place of one that clients left which are gone. */
  private void fence(Fence own, RouteSocket kernel, RoutePlan plan) throws IOException {
    boolean before = !fenceRaised && own.stands(kernel);
    own.follow(kernel, plan.prefixes());
    if (!fenceRaised) {
      fenceRaised = true;
      List<String> living = ClientDevice.all(kernel).stream().map(ClientDevice::name).toList();
      keepFence(Fence.removeAbandoned(kernel, living) > 0 || before);
    }
  }

  private static OptionalInt abortConnections(List<InetAddress> from) throws IOException {
    try (SocketTable sockets = SocketTable.open()) {
      return OptionalInt.of(sockets.abort(from));
    } catch (SyscallException e) {
      if (e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.ENOENT) {
        return OptionalInt.empty(); // CONFIG_INET_DIAG, CONFIG_INET_DIAG_DESTROY
      }
      throw e;
    }
  }

  /**
   * Makes these and no others the routes through the device, also if somebody else has changed
   * them. One thread at a time.
   *
   * @return how many were added and removed
   */
  public DeviceRoutes.Change route(RoutePlan plan) throws IOException {
    DeviceRoutes.Change change;
    try (RouteSocket kernel = RouteSocket.open()) {
      change = routes.apply(kernel, plan.prefixes());
      if (fence.isPresent()) {
        fence(fence.get(), kernel, plan);
      }
      if (policy.isPresent()) {
        change = change.and(policy.get().apply(kernel, plan.prefixes(), plan.left()));
      }
    }
    filter.cluster(plan.prefixes(), plan.left());
    return change;
  }

  /** What could not be routed last time, and why. */
  public List<String> refused() {
    return routes.refused();
  }

  @Override
  public HostFilter.Kept kept() throws IOException {
    return filter.kept();
  }

  @Override
  public Optional<Set<Obstacle>> obstacles() throws IOException {
    return filter.obstacles(port::inject);
  }

  @Override
  public List<Obstacle> lost() throws IOException {
    return filter.lost();
  }

  /**
   * Says whether packets for the cluster are to go nowhere once this is closed; at first they are
   * if a client that was killed has left it so. Means nothing without {@link Boundary#failClosed}.
   */
  public void keepFence(boolean keep) {
    fenceStays = keep;
  }

  /** True if packets for the cluster will go nowhere. */
  public boolean leavesFence() {
    return fence.isPresent() && fenceStays;
  }

  /** Index of the device. */
  public int index() {
    return tun.interfaceIndex();
  }

  /** The addresses it is meant to have now; of IPv6 only where this host has it. Any thread. */
  public List<InetAddress> addresses() {
    return addresses;
  }

  /** The device's name, such as {@code tel0}. */
  public String name() {
    return tun.name();
  }

  /** Packets of this host; stays ours. */
  public TunPort port() {
    return port;
  }

  /** What could not be done, and why. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public void close() throws IOException {
    try (resources) {
      if (fence.isPresent() && !fenceStays) {
        try (RouteSocket kernel = RouteSocket.open()) {
          fence.get().remove(kernel);
        }
      }
    }
  }
}
