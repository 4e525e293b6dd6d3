package dev.teletun.client.dns.way;

import dev.teletun.client.dns.registry.NameRegistry;
import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.host.trace.Traces;
import dev.teletun.protocol.address.Addresses;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The way that is in force on this host.
 *
 * @param name what users call it
 * @param reason why this one
 */
public record HostNames(NameWay way, String name, String reason) implements Closeable {

  /**
   * Chooses a way and starts it.
   *
   * @param mode not {@link DnsMode#OFF}
   * @param traces for what outlives this process
   * @param listener is asked on a thread of the stub's
   * @param events hears, on any thread, what the user is to know
   * @throws IOException if the way that was asked for, or every way, fails; then nothing is left
   */
  public static HostNames start(
      DnsMode mode,
      DnsPlan plan,
      TunnelLink link,
      Traces traces,
      AddressListener listener,
      Consumer<String> events)
      throws IOException {
    ResolverFacts facts = ResolverFacts.read(plan.resolvConf());
    WayChoice choice = choose(mode, facts);
    return switch (choice.mode()) {
      case RESOLVED -> resolved(mode, plan, link, listener, choice.reason());
      case DIRECT -> direct(choice, plan, link, traces, listener, events);
      case OPENRESOLV, RESOLVCONF, NETWORKMANAGER ->
          record(choice, facts, plan, link, traces, listener, events);
      default -> {
        if (mode != DnsMode.AUTO) {
          yield intercept(plan, listener, choice.reason());
        }
        try {
          demandRedirectable(facts);
          yield intercept(plan, listener, choice.reason());
        } catch (IOException e) {
          WayChoice left =
              new WayChoice(
                  Registries.writing(facts).orElse(DnsMode.DIRECT),
                  "queries cannot be redirected: " + e.getMessage());
          yield left.mode() == DnsMode.DIRECT
              ? direct(left, plan, link, traces, listener, events)
              : record(left, facts, plan, link, traces, listener, events);
        }
      }
    };
  }

  /** A program that asks a link-local server listens on that link alone, and not on lo. */
  private static void demandRedirectable(ResolverFacts facts) throws IOException {
    for (InetAddress server : facts.nameServers()) {
      if (server.isLinkLocalAddress()) {
        throw new IOException(Addresses.text(server) + " is a link-local server");
      }
    }
  }

  private static HostNames direct(
      WayChoice choice,
      DnsPlan plan,
      TunnelLink link,
      Traces traces,
      AddressListener listener,
      Consumer<String> events)
      throws IOException {
    NameWay way = DirectWay.start(plan, link.name(), traces, listener, events);
    return new HostNames(way, "the stub named in resolv.conf", choice.reason());
  }

  private static WayChoice choose(DnsMode mode, ResolverFacts facts) throws IOException {
    ResolvedBus resolved = new ResolvedBus();
    if (mode == DnsMode.RESOLVCONF && Registries.isSystemds()) {
      WayChoice choice = WayChoice.of(DnsMode.RESOLVED, facts, resolved::ping);
      return new WayChoice(choice.mode(), "the resolvconf of this host is systemd's");
    }
    return WayChoice.of(mode, facts, resolved::ping);
  }

  private static HostNames record(
      WayChoice choice,
      ResolverFacts facts,
      DnsPlan plan,
      TunnelLink link,
      Traces traces,
      AddressListener listener,
      Consumer<String> events)
      throws IOException {
    NameRegistry registry = Registries.named(choice.mode(), facts);
    try {
      NameWay way = RecordWay.start(plan, link.name(), registry, traces, listener, events);
      return new HostNames(way, "a record with " + registry.name(), choice.reason());
    } catch (IOException e) {
      throw new IOException(
          "-dns=%s failed: %s. -dns=intercept needs no other program"
              .formatted(choice.mode().name().toLowerCase(Locale.ROOT), e.getMessage()),
          e);
    }
  }

  /**
   * What {@link #start} would change, for people, a line each. Asks systemd-resolved whether it is
   * there.
   */
  public static List<String> foreseen(DnsMode mode, Path resolvConf) {
    try {
      WayChoice choice = choose(mode, ResolverFacts.read(resolvConf));
      return List.of("DNS: %s, because %s".formatted(change(choice.mode()), choice.reason()));
    } catch (IOException e) {
      return List.of("DNS: " + e.getMessage());
    }
  }

  private static String change(DnsMode mode) {
    return switch (mode) {
      case RESOLVED ->
          "resolvectl dns tel0 and resolvectl domain tel0, for names of the cluster alone (gone with the device)";
      case DIRECT ->
          "another file in the place of resolv.conf, which is kept beside it (left behind by a kill: the guardian puts it back)";
      case OPENRESOLV, RESOLVCONF, NETWORKMANAGER ->
          "a record with the program that writes resolv.conf (left behind by a kill: the guardian removes it)";
      default ->
          "nft add table inet teletun-dns-tel0: queries to port 53 of the name servers come to a stub of ours (gone with the process)";
    };
  }

  private static HostNames resolved(
      DnsMode mode, DnsPlan plan, TunnelLink link, AddressListener listener, String reason)
      throws IOException {
    try {
      NameWay way = ResolvedWay.start(plan, link, listener);
      return new HostNames(way, "link DNS of systemd-resolved", reason);
    } catch (IOException e) {
      if (mode == DnsMode.AUTO) {
        return intercept(plan, listener, String.valueOf(e.getMessage()));
      }
      throw new IOException(
          "-dns=resolved failed: %s. It needs systemd 246; -dns=intercept does without it"
              .formatted(e.getMessage()),
          e);
    }
  }

  private static HostNames intercept(DnsPlan plan, AddressListener listener, String reason)
      throws IOException {
    return new HostNames(
        DnsIntercept.start(plan, listener), "queries to port 53 redirected", reason);
  }

  /** In one line for people. */
  public String explanation() {
    return "%s, because %s".formatted(name, reason);
  }

  @Override
  public void close() throws IOException {
    way.close();
  }
}
