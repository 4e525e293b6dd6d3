package dev.teletun.client.host.state;

import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.dns.way.DnsMode;
import dev.teletun.client.dns.way.DnsPlan;
import dev.teletun.client.dns.way.HostNames;
import dev.teletun.client.dns.way.QueryMark;
import dev.teletun.client.dns.way.SharedNames;
import dev.teletun.client.dns.way.TunnelLink;
import dev.teletun.client.host.device.TunnelInterface;
import dev.teletun.client.host.route.DeviceRoutes;
import dev.teletun.client.host.trace.Traces;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A host that is being the pod. What should be on it is one value; {@link #apply} makes it so,
 * again and again, adding before it removes. All of it is undone by {@link #close}, and after a
 * kill by the kernel, or in the modes that leave something by the guardian.
 *
 * <p>Any thread; one at a time changes something.
 */
public final class TakenHost implements Closeable {
  private final HostTerms terms;
  private final AddressListener answers;
  private final Consumer<String> events;
  private final Consumer<String> announce;
  private final CloseStack made = new CloseStack();
  private final Traces traces;
  private final Reassertions reassertions = new Reassertions();
  private @Nullable HostState now;
  private @Nullable TunnelInterface device;
  private @Nullable SharedNames shared;
  private @Nullable HostNames names;

  /**
   * Still as it was.
   *
   * @param answers hears which addresses names of the cluster have, on a thread of the stub's
   * @param events hears what the user is to know, on any thread
   * @param announce hears of each change before it is made, a line each
   */
  public TakenHost(
      HostTerms terms,
      AddressListener answers,
      Consumer<String> events,
      Consumer<String> announce) {
    this.terms = terms;
    this.answers = answers;
    this.events = events;
    this.announce = announce;
    this.traces = made.own(new Traces(terms.journal()));
  }

  /**
   * Makes the host so.
   *
   * @throws IOException if it cannot be; what was made at the first time is undone by {@link
   *     #close}, at a later one what was before holds as far as possible
   */
  public synchronized Achieved apply(HostState wanted) throws IOException {
    plan(wanted).forEach(announce);
    boolean again = wanted.equals(now);
    if (again && reassertions.tooMany(System.nanoTime())) {
      return new Achieved(
          0,
          0,
          OptionalInt.empty(),
          List.of(
              "another program keeps removing our routes or rules (see who: ip monitor route rule): not put back for a minute"));
    }
    Achieved achieved = terms.place().call(() -> make(wanted));
    now = wanted;
    if (again && achieved.added() > 0) {
      reassertions.count(System.nanoTime());
    }
    return achieved;
  }

  /** Applies what a part of it is to become. */
  public synchronized Achieved change(UnaryOperator<HostState> how) throws IOException {
    if (now == null) {
      throw new IllegalStateException("nothing was applied yet");
    }
    return apply(how.apply(now));
  }

  /** What {@link #apply} would change, for people, a line each; changes nothing. */
  public synchronized List<String> plan(HostState wanted) {
    return Changes.between(terms, Optional.ofNullable(now), wanted);
  }

  private Achieved make(HostState wanted) throws IOException {
    TunnelInterface tunnel = device;
    List<String> lacks = new ArrayList<>();
    OptionalInt ended = OptionalInt.of(0);
    if (tunnel == null) {
      tunnel =
          made.own(
              TunnelInterface.open(
                  wanted.addresses(),
                  wanted.mtu(),
                  terms.boundary(),
                  terms.strictRoutes() ? Optional.of(traces) : Optional.empty()));
      device = tunnel;
      lacks.addAll(tunnel.warnings());
    } else {
      ended = tunnel.address(wanted.addresses());
    }
    DeviceRoutes.Change routes = tunnel.route(wanted.routes());
    lacks.addAll(tunnel.refused());
    resolve(wanted, tunnel);
    return new Achieved(routes.added(), routes.removed(), ended, lacks);
  }

  private void resolve(HostState wanted, TunnelInterface tunnel) throws IOException {
    if (wanted.names().isEmpty() || terms.dns() == DnsMode.OFF) {
      return;
    }
    if (names != null) {
      names.way().follow(wanted.names().get());
      if (shared != null) {
        shared.follow(wanted.names().get());
      }
      return;
    }
    DnsPlan plan =
        new DnsPlan(
            wanted.names().get(),
            terms.place().resolvConf(),
            QueryMark.of(tunnel.name()),
            "teletun-dns-" + tunnel.name(),
            terms.ownNames());
    if (!terms.boundary().shared().isEmpty()) {
      shared = made.own(SharedNames.start(plan, terms.boundary().shared(), answers));
    }
    TunnelLink link =
        new TunnelLink(tunnel.index(), tunnel.name(), () -> first(tunnel.addresses()));
    names = made.own(HostNames.start(terms.dns(), plan, link, traces, answers, events));
  }

  /** An IPv4 one where there is one: not every host has IPv6. */
  private static InetAddress first(List<InetAddress> addresses) {
    return addresses.stream()
        .filter(Inet4Address.class::isInstance)
        .findFirst()
        .orElse(addresses.getFirst());
  }

  /**
   * The device, after the first {@link #apply}.
   *
   * @throws IllegalStateException before that
   */
  public synchronized TunnelInterface device() {
    if (device == null) {
      throw new IllegalStateException("nothing was applied yet");
    }
    return device;
  }

  /** How names resolve; empty if DNS is left alone. */
  public synchronized Optional<HostNames> names() {
    return Optional.ofNullable(names);
  }

  @Override
  public void close() throws IOException {
    terms
        .place()
        .call(() -> {
          made.close();
          return true;
        });
  }
}
