package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.AddressListener;
import dev.teletun.client.host.trace.Traces;
import java.io.Closeable;
import java.io.IOException;
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
    WayChoice choice =
        WayChoice.of(mode, ResolverFacts.read(plan.resolvConf()), new ResolvedBus()::ping);
    return switch (choice.mode()) {
      case RESOLVED -> resolved(mode, plan, link, listener, choice.reason());
      case DIRECT -> {
        NameWay way = DirectWay.start(plan, link.name(), traces, listener, events);
        yield new HostNames(way, "the stub named in resolv.conf", choice.reason());
      }
      default -> intercept(plan, listener, choice.reason());
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
