package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.dns.stub.ClusterNames;
import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.client.dns.stub.StubServer;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Link DNS of systemd-resolved: below the cluster's domains it asks the stub, for other names whom
 * it asked before. The settings end with the link, so that a kill leaves nothing.
 *
 * <p>The stub has a port on the tunnel's own address, because systemd-resolved asks through the
 * link, and 127.0.0.1 is not there. What comes to it and is no name of the cluster after all, such
 * as {@code nas.office} where a namespace is called {@code office}, goes to the first of the
 * servers that systemd-resolved has from others.
 */
public final class ResolvedWay implements NameWay {
  private static final Path SERVERS = Path.of("/run/systemd/resolve/resolv.conf");
  private static final Duration TICK = Duration.ofMillis(500);
  private static final int DNS_PORT = 53;

  private final DnsPlan plan;
  private final NameStub stub;
  private final NameServers others = new NameServers(SERVERS);
  private final TunnelLink link;
  private final LinkKeeper keeper;
  private final CompletableFuture<Void> ended;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile InetSocketAddress other = nobody();
  private ClusterNames names;
  private StubServer port;

  private ResolvedWay(
      DnsPlan plan, TunnelLink link, NameStub stub, StubServer port, LinkKeeper keeper) {
    this.plan = plan;
    this.link = link;
    this.stub = stub;
    this.names = plan.cluster();
    this.port = port;
    this.keeper = keeper;
    this.ended = stub.ended(this);
  }

  /**
   * Begins to answer.
   *
   * @param link exists, and is up
   * @param listener is asked on a thread of the stub's
   * @throws IOException if systemd-resolved refuses; then it is as before
   */
  static ResolvedWay start(DnsPlan plan, TunnelLink link, AddressListener listener)
      throws IOException {
    try (CloseStack onFailure = new CloseStack()) {
      NameStub stub = onFailure.own(NameStub.start(plan.cluster(), plan.own(), listener));
      InetAddress address = link.address().get();
      List<StubServer> ports = new ArrayList<>();
      stub.loop()
          .call(() ->
              ports.add(
                  stub.serve(nobody(), plan.mark().value(), new InetSocketAddress(address, 0))));
      StubServer port = ports.getFirst();
      onFailure.own(() -> stub.loop().call(port::close));
      LinkSettings settings = settings(plan, stub, plan.cluster(), port);
      LinkKeeper keeper = onFailure.own(LinkKeeper.start(link.index(), settings));
      ResolvedWay way = new ResolvedWay(plan, link, stub, port, keeper);
      stub.loop().call(way::tick);
      stub.loop().every(TICK, way::tick);
      onFailure.handOver();
      return way;
    }
  }

  private static LinkSettings settings(
      DnsPlan plan, NameStub stub, ClusterNames names, StubServer port) {
    return new LinkSettings(port.address(), LinkDomains.of(stub, names, plan.own()));
  }

  @Override
  public void follow(ClusterNames now) {
    stub.loop()
        .execute(() -> {
          names = now;
          stub.follow(now);
          keeper.follow(settings(plan, stub, names, port));
        });
  }

  @Override
  public String summary() {
    return stub.summary();
  }

  @Override
  public void register(Counters to) {
    stub.register(to);
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  @Override
  public String report() {
    return String.join(
        "\n",
        keeper.report(),
        "other names that come here go to " + Addresses.text(other),
        stub.counted());
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try (stub;
          keeper) {
        stub.loop().call(this::stop);
      }
    }
  }

  private void stop() throws IOException {
    stub.abandon();
    port.close();
  }

  private void tick() {
    port.expire();
    try {
      followAddress();
      Optional<Set<InetAddress>> changed = others.changed();
      if (changed.isPresent()) {
        other =
            changed.get().stream()
                .filter(server -> !names.servers().contains(server))
                .findFirst()
                .map(server -> new InetSocketAddress(server, DNS_PORT))
                .orElse(nobody());
        port.standFor(other, plan.mark().value());
      }
    } catch (IOException _) {
      // The file is being replaced, or the address is not there yet: next time.
    }
  }

  /** A new pod has another address, and the port on the old one went with it. */
  private void followAddress() throws IOException {
    InetAddress now = link.address().get();
    if (!now.equals(port.address().getAddress())) {
      StubServer before = port;
      port = stub.serve(other, plan.mark().value(), new InetSocketAddress(now, 0));
      keeper.follow(settings(plan, stub, names, port));
      before.close();
    }
  }

  /** Nothing listens there. */
  private static InetSocketAddress nobody() {
    return new InetSocketAddress(Addresses.parse("127.0.0.1"), DNS_PORT);
  }
}
