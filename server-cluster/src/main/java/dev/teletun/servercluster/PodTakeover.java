package dev.teletun.servercluster;

import dev.teletun.linux.nft.Nftables;
import dev.teletun.linux.route.RouteSocket;
import dev.teletun.linux.tun.Tun;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the forwarding table in the kernel while a server-external is there, and follows the pod's
 * addresses and routes. Loop thread only.
 */
final class PodTakeover implements Takeover, Closeable {
  private final Nftables nft;
  private final RouteSocket kernel;
  private final Optional<String> interfaceName;
  private final Tun tun;
  private final Set<Integer> keepPorts;
  private final boolean owner;
  private PodNetwork pod;
  private Set<InetAddress> nameServersNow = Set.of();
  private boolean inForce;

  /** Owns {@code nft} and {@code kernel}, and removes {@code tun} at its end. */
  PodTakeover(
      Nftables nft,
      RouteSocket kernel,
      Optional<String> interfaceName,
      Tun tun,
      Set<Integer> keepPorts)
      throws IOException {
    this.nft = nft;
    this.kernel = kernel;
    this.interfaceName = interfaceName;
    this.tun = tun;
    this.keepPorts = keepPorts;
    owner = Nftables.ownerFlagWorks();
    pod = PodNetwork.read(kernel, interfaceName);
    if (!owner) {
      removeLeftover();
    }
  }

  private void removeLeftover() throws IOException {
    nft.run("add table netdev %s\n%s".formatted(ForwardingTable.NAME, ForwardingTable.removal()));
  }

  @Override
  public PodNetwork pod() {
    return pod;
  }

  /** True if the kernel removes the table whatever happens to this process. */
  boolean diesWithUs() {
    return owner;
  }

  @Override
  public void begin(Set<InetAddress> nameServers) throws IOException {
    nft.run(
        ForwardingTable.script(pod, tun.name(), keepPorts, nameServers, owner)
            + Silence.script(
                pod.addresses(), keepPorts, owner ? Optional.of(tun.name()) : Optional.empty()));
    nameServersNow = nameServers;
    inForce = true;
  }

  @Override
  public void end() throws IOException {
    if (inForce) {
      nft.run(ForwardingTable.removal() + Silence.renewal(pod.addresses()));
      inForce = false; // only then: close() tries again
    }
  }

  @Override
  public void keepSilent() throws IOException {
    nft.run(Silence.renewal(pod.addresses()));
  }

  @Override
  public void endSilence() throws IOException {
    nft.run(Silence.removal());
  }

  @Override
  public boolean follow() throws IOException {
    PodNetwork now = PodNetwork.read(kernel, interfaceName);
    boolean others = !now.addresses().equals(pod.addresses());
    boolean changed = !now.equals(pod);
    pod = now;
    if (inForce && changed) {
      begin(nameServersNow);
    }
    return others;
  }

  /** The TUN goes first: somebody who was handed it may have it open still. */
  @Override
  public void close() throws IOException {
    try (nft;
        kernel) {
      end();
      boolean _ = kernel.deleteLink(tun.interfaceIndex());
      endSilence();
    }
  }
}
