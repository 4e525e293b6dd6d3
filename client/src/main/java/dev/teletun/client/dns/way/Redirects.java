package dev.teletun.client.dns.way;

import dev.teletun.client.dns.stub.NameStub;
import dev.teletun.client.dns.stub.StubServer;
import dev.teletun.linux.conntrack.Flow;
import dev.teletun.protocol.address.Addresses;
import dev.teletun.protocol.lifecycle.CloseStack;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The name servers whose queries come to us now: the stub port of each, the rules that lead there,
 * and the kernel's memory of older flows. Loop thread only.
 */
final class Redirects implements Closeable {
  private static final int DNS_PORT = 53;
  private static final InetAddress V4_LOOPBACK = Addresses.parse("127.0.0.1");
  private static final InetAddress V6_LOOPBACK = Addresses.parse("::1");

  private final NameStub stub;
  private final QueryMark mark;
  private final InterceptTable table;
  private final List<String> notes = new ArrayList<>();
  private Map<InetAddress, StubServer> stubs = new LinkedHashMap<>();

  /** Takes ownership of {@code table}. */
  Redirects(NameStub stub, DnsPlan plan, InterceptTable table) {
    this.stub = stub;
    this.mark = plan.mark();
    this.table = table;
  }

  /**
   * Redirects these servers and no others. A server that stays keeps its port, so that its flows go
   * on.
   *
   * @param clusters servers of the cluster, which are left alone: they know both kinds of names
   * @throws IOException if the rules are refused; then the old ones still hold
   */
  void follow(Set<InetAddress> servers, List<InetAddress> clusters) throws IOException {
    notes.clear();
    Map<InetAddress, StubServer> wanted = new LinkedHashMap<>();
    try (CloseStack onFailure = new CloseStack()) {
      for (InetAddress server : servers) {
        if (clusters.contains(server)) {
          notes.add(Addresses.text(server) + " is a server of the cluster: left alone");
        } else if (server.isLinkLocalAddress()) { // who asked listens on that link, not on lo
          notes.add(
              Addresses.text(server) + " is link-local, which cannot be redirected: left alone");
        } else if (stubs.containsKey(server)) {
          wanted.put(server, stubs.get(server));
        } else {
          open(server, wanted, onFailure);
        }
      }
      table.redirect(ports(wanted));
      onFailure.handOver();
    }
    Map<InetAddress, StubServer> before = stubs;
    stubs = wanted;
    forgetOlderFlows(before);
    retire(before);
  }

  /** Closes what is idle; to be called now and then. */
  void expire() {
    stubs.values().forEach(StubServer::expire);
  }

  /** One line for each server, and one for each thing that could not be done. */
  List<String> report() {
    List<String> lines = new ArrayList<>();
    stubs.forEach((server, stub) ->
        lines.add("%s answered on port %d".formatted(Addresses.text(server), stub.port())));
    lines.addAll(notes);
    return lines;
  }

  /** First the rules, so that no new flow comes; then the flows; then what they led to. */
  @Override
  public void close() throws IOException {
    try (CloseStack servers = new CloseStack()) {
      stubs.values().forEach(servers::own);
      try (table) {
        // Closing the table is all there is to do.
      } finally {
        forget(DnsFlows.to(ports(stubs)));
        stubs = Map.of();
      }
    }
  }

  private void open(InetAddress server, Map<InetAddress, StubServer> wanted, CloseStack onFailure) {
    InetAddress loopback = server instanceof Inet6Address ? V6_LOOPBACK : V4_LOOPBACK;
    try {
      InetSocketAddress original = new InetSocketAddress(server, DNS_PORT);
      wanted.put(
          server,
          onFailure.own(stub.serve(original, mark.value(), new InetSocketAddress(loopback, 0))));
    } catch (IOException e) { // such as a host without ::1: then this one goes on as before
      notes.add("%s left alone: %s".formatted(Addresses.text(server), e.getMessage()));
    }
  }

  private void forgetOlderFlows(Map<InetAddress, StubServer> before) {
    Map<InetAddress, Integer> fresh = ports(stubs);
    fresh.keySet().removeAll(before.keySet());
    Map<InetAddress, Integer> gone = ports(before);
    gone.keySet().removeAll(stubs.keySet());
    forget(DnsFlows.past(fresh).or(DnsFlows.to(gone)));
  }

  private void forget(Predicate<Flow> which) {
    try {
      DnsFlows.forget(which);
    } catch (IOException e) {
      notes.add("flows that began earlier keep their way: " + e.getMessage());
    }
  }

  private void retire(Map<InetAddress, StubServer> before) throws IOException {
    try (CloseStack gone = new CloseStack()) {
      before.forEach((server, stub) -> {
        if (!stubs.containsKey(server)) {
          gone.own(stub);
        }
      });
    }
  }

  private static Map<InetAddress, Integer> ports(Map<InetAddress, StubServer> stubs) {
    Map<InetAddress, Integer> ports = new LinkedHashMap<>();
    stubs.forEach((server, stub) -> ports.put(server, stub.port()));
    return ports;
  }
}
