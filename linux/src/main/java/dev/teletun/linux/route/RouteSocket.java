package dev.teletun.linux.route;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.linux.netlink.Message;
import dev.teletun.linux.netlink.MessageReader;
import dev.teletun.linux.netlink.NetlinkSocket;
import dev.teletun.linux.netlink.NetlinkSocket.Reply;
import dev.teletun.linux.netlink.Outcome;
import dev.teletun.linux.netlink.Request;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads and changes links, addresses, routes and rules through rtnetlink (rtnetlink(7)), in the
 * network namespace in which the opening thread was.
 *
 * <p>To add what is there, or to delete what is not, is no failure: the answer is false. One thread
 * at a time.
 */
public final class RouteSocket implements Closeable {
  // include/uapi/linux/rtnetlink.h
  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_DELADDR = 21;
  private static final int RTM_GETADDR = 22;
  private static final int IFLA_EXT_MASK = 29;
  private static final int RTEXT_FILTER_SKIP_STATS = 1 << 3;

  private static final Set<Integer> THERE = Set.of(Errno.EEXIST);

  /** Rules answer ENOENT, routes ESRCH, addresses EADDRNOTAVAIL; ENODEV: gone with its link. */
  private static final Set<Integer> GONE =
      Set.of(Errno.ENOENT, Errno.ESRCH, Errno.EADDRNOTAVAIL, Errno.ENODEV);

  /** What the kernel answers to a lookup that ends at no route, or at one that forbids. */
  private static final Set<Integer> NO_ROUTE =
      Set.of(Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EACCES, Errno.EINVAL, Errno.EAGAIN);

  private final NetlinkSocket socket;

  private RouteSocket(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Opens a socket; needs no privilege for reading. */
  public static RouteSocket open() throws IOException {
    return new RouteSocket(NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE));
  }

  /** All interfaces. */
  public List<Link> links() throws IOException {
    return socket.dump(getLink(0, "dump"), RouteSocket::readLink);
  }

  /** The interface of that name. */
  public Link link(String name) throws IOException {
    Request request = getLink(0, name).attribute(Link.IFLA_IFNAME, name);
    return existing(request, socket.get(request, RouteSocket::readLink));
  }

  /** The interface of that index. */
  public Link link(int index) throws IOException {
    Request request = getLink(index, index);
    return existing(request, socket.get(request, RouteSocket::readLink));
  }

  /** All addresses of all interfaces. */
  public List<InterfaceAddress> addresses() throws IOException {
    Request dump = Request.of("RTM_GETADDR", "dump", RTM_GETADDR, 0).u8(Family.UNSPEC, 0, 0, 0);
    return socket.dump(dump.u32(0), message -> List.of(InterfaceAddress.of(message)));
  }

  /** The routes of all tables, the kernel's local ones too, without path MTU exceptions. */
  public List<Route> routes() throws IOException {
    return routes(_ -> true);
  }

  /** Those of them that are wanted; the others need no memory, however many they are. */
  public List<Route> routes(Predicate<Route> wanted) throws IOException {
    return bothFamilies(
        RouteCodec::dump, message -> RouteCodec.read(message).stream().filter(wanted).toList());
  }

  /** All rules, the three that every namespace begins with too. */
  public List<Rule> rules() throws IOException {
    return bothFamilies(RuleCodec::dump, message -> RuleCodec.read(message).stream().toList());
  }

  /** Sets an interface up. */
  public void up(int index) throws IOException {
    require(changeLink(index, "up", Link.IFF_UP));
  }

  /** Removes an interface, whoever has it open; false if it is gone already. */
  public boolean deleteLink(int index) throws IOException {
    Request request =
        Request.of("RTM_DELLINK", "dev " + index, RTM_DELLINK, 0)
            .u8(Family.UNSPEC, 0, 0, 0)
            .u32(index, 0, 0);
    return did(request, Set.of(Errno.ENODEV));
  }

  /** Sets the largest packet an interface takes. */
  public void mtu(int index, int bytes) throws IOException {
    require(changeLink(index, "mtu " + bytes, 0).attribute(Link.IFLA_MTU, bytes));
  }

  /** Stores a text with an interface, at most 255 bytes. */
  public void alias(int index, String alias) throws IOException {
    require(changeLink(index, "alias " + alias, 0).attribute(Link.IFLA_IFALIAS, alias));
  }

  /** Gives an interface an address. */
  public boolean add(InterfaceAddress address) throws IOException {
    int flags = Request.NLM_F_CREATE | Request.NLM_F_EXCL;
    return did(address.into(Request.of("RTM_NEWADDR", address, RTM_NEWADDR, flags)), THERE);
  }

  /** Takes an address from an interface. */
  public boolean delete(InterfaceAddress address) throws IOException {
    return did(address.into(Request.of("RTM_DELADDR", address, RTM_DELADDR, 0)), GONE);
  }

  /** Adds a route; false if there is one with its destination, table and priority. */
  public boolean add(Route route) throws IOException {
    return did(adding(route), THERE);
  }

  /**
   * Adds many routes, in few system calls. All are tried.
   *
   * @return how many were not there before
   * @throws SyscallException for the first that was refused for another reason
   */
  public int add(Collection<Route> routes) throws IOException {
    return didAll(routes.stream().map(RouteSocket::adding).toList(), THERE);
  }

  /** Adds a route in the place of one with its destination, table and priority, if there is one. */
  public void replace(Route route) throws IOException {
    require(RouteCodec.add(route, Request.NLM_F_CREATE | Request.NLM_F_REPLACE));
  }

  /** Deletes a route that agrees in everything the argument says. */
  public boolean delete(Route route) throws IOException {
    return did(RouteCodec.delete(route), GONE);
  }

  /**
   * Deletes many routes, in few system calls. All are tried.
   *
   * @return how many were there
   * @throws SyscallException for the first that was refused for another reason
   */
  public int delete(Collection<Route> routes) throws IOException {
    return didAll(routes.stream().map(RouteCodec::delete).toList(), GONE);
  }

  /** Adds a rule. */
  public boolean add(Rule rule) throws IOException {
    return did(RuleCodec.add(rule), THERE);
  }

  /** Deletes a rule. */
  public boolean delete(Rule rule) throws IOException {
    return did(RuleCodec.delete(rule), GONE);
  }

  /** What the kernel would do with an unmarked packet of ours to {@code destination}. */
  public Optional<Route> lookup(InetAddress destination) throws IOException {
    return lookup(destination, 0);
  }

  /**
   * What the kernel would do with a packet of ours that carries {@code mark}.
   *
   * @return the way to this one address, rules and gateway resolved; empty if there is none
   */
  public Optional<Route> lookup(InetAddress destination, int mark) throws IOException {
    Request request = RouteCodec.lookup(destination, mark);
    Reply<Route> reply = socket.get(request, message -> List.of(RouteCodec.readLookup(message)));
    if (!reply.outcome().done() && !NO_ROUTE.contains(reply.outcome().errno())) {
      throw NetlinkSocket.refusal(request, reply.outcome());
    }
    return reply.value().filter(RouteSocket::leadsSomewhere);
  }

  private static boolean leadsSomewhere(Route route) {
    return switch (route.type()) {
      case Route.BLACKHOLE, Route.UNREACHABLE, Route.PROHIBIT, Route.THROW -> false;
      default -> true;
    };
  }

  private static Request adding(Route route) {
    return RouteCodec.add(route, Request.NLM_F_CREATE | Request.NLM_F_EXCL);
  }

  private static List<Link> readLink(Message message) throws MalformedMessageException {
    return List.of(Link.of(message));
  }

  /** {@code struct ifinfomsg} and, as nobody here counts packets, no statistics. */
  private static Request getLink(int index, Object subject) {
    return Request.of("RTM_GETLINK", subject, RTM_GETLINK, 0)
        .u8(Family.UNSPEC, 0, 0, 0)
        .u32(index, 0, 0)
        .attribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  }

  private static Request changeLink(int index, String change, int flags) {
    return Request.of("RTM_NEWLINK", "dev %d %s".formatted(index, change), RTM_NEWLINK, 0)
        .u8(Family.UNSPEC, 0, 0, 0)
        .u32(index, flags, flags);
  }

  private <T> List<T> bothFamilies(Function<Integer, Request> dump, MessageReader<T> reader)
      throws IOException {
    List<T> found = new ArrayList<>(socket.dump(dump.apply(Family.INET), reader));
    try {
      found.addAll(socket.dump(dump.apply(Family.INET6), reader));
    } catch (SyscallException e) {
      if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EAFNOSUPPORT) {
        throw e;
      } // else a kernel without IPv6
    }
    return found;
  }

  private static Link existing(Request request, Reply<Link> reply) throws SyscallException {
    if (reply.outcome().errno() == Errno.ENODEV) {
      throw new SyscallException(
          request.toString(), Errno.ENODEV, "See which interfaces there are with \"ip link\"");
    }
    if (!reply.outcome().done() || reply.value().isEmpty()) {
      throw NetlinkSocket.refusal(request, reply.outcome());
    }
    return reply.value().get();
  }

  private void require(Request request) throws IOException {
    did(request, Set.of());
  }

  private boolean did(Request request, Set<Integer> harmless) throws IOException {
    return checked(request, socket.execute(request), harmless);
  }

  private int didAll(List<Request> requests, Set<Integer> harmless) throws IOException {
    List<Outcome> outcomes = socket.execute(requests);
    int done = 0;
    for (int i = 0; i < requests.size(); i++) {
      done += checked(requests.get(i), outcomes.get(i), harmless) ? 1 : 0;
    }
    return done;
  }

  private static boolean checked(Request request, Outcome outcome, Set<Integer> harmless)
      throws SyscallException {
    if (outcome.done() || harmless.contains(outcome.errno())) {
      return outcome.done();
    }
    throw NetlinkSocket.refusal(request, outcome);
  }

  @Override
  public void close() {
    socket.close();
  }
}
