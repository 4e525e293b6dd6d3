package dev.teletun.linux.diag;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.linux.netlink.Message;
import dev.teletun.linux.netlink.NetlinkSocket;
import dev.teletun.linux.netlink.Outcome;
import dev.teletun.linux.netlink.Request;
import dev.teletun.linux.sockaddr.SocketAddress;
import dev.teletun.protocol.address.Addresses;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sockets of the network namespace in which the opening thread was. Ending others' needs
 * CAP_NET_ADMIN. One thread at a time.
 */
public final class SocketTable implements Closeable {
  // include/uapi/linux/sock_diag.h
  private static final int SOCK_DIAG_BY_FAMILY = 20;
  private static final int SOCK_DESTROY = 21;
  private static final int IPPROTO_TCP = 6;
  private static final int IPPROTO_UDP = 17;
  // struct inet_diag_msg: four bytes, struct inet_diag_sockid, five numbers.
  private static final int HEADER_BYTES = 72;
  private static final int ID_AT = 4;
  private static final int ID_WORDS = 12;
  private static final int PORT_BYTES = 2;
  private static final int SOURCE_AT = 8;
  private static final int ADDRESS_BYTES = 16;
  // include/net/tcp_states.h: all but TIME_WAIT, CLOSE and LISTEN, which belong to nobody's flow.
  private static final int WITH_A_PEER =
      1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11;

  private static final int ESTABLISHED = 1 << 1;
  private static final int[] FAMILIES = {SocketAddress.AF_INET, SocketAddress.AF_INET6};

  private final NetlinkSocket socket;

  private SocketTable(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Opens a socket to the kernel. */
  public static SocketTable open() throws IOException {
    return new SocketTable(NetlinkSocket.open(NetlinkSocket.NETLINK_SOCK_DIAG));
  }

  /** Two ends of a connection, this host's first. */
  public record Ends(InetSocketAddress local, InetSocketAddress remote) {}

  private record Connected(Ends ends, Request destroy) {}

  /** Every TCP connection that is established. */
  public Set<Ends> established() throws IOException {
    Set<Ends> all = new HashSet<>();
    for (int family : FAMILIES) {
      connected(family, IPPROTO_TCP, ESTABLISHED).forEach(one -> all.add(one.ends()));
    }
    return all;
  }

  /**
   * Ends every connected TCP and UDP socket with one of these local addresses: its owner gets
   * ECONNABORTED at once, and a TCP peer a reset if there is a way to it.
   *
   * @return how many were ended
   * @throws SyscallException with EOPNOTSUPP on a kernel without CONFIG_INET_DIAG_DESTROY
   */
  public int abort(Collection<InetAddress> local) throws IOException {
    List<Request> requests = new ArrayList<>();
    for (int protocol : new int[] {IPPROTO_TCP, IPPROTO_UDP}) {
      for (int family : FAMILIES) {
        connected(family, protocol, WITH_A_PEER).stream()
            .filter(one -> local.contains(one.ends().local().getAddress()))
            .map(Connected::destroy)
            .forEach(requests::add);
      }
    }
    int ended = 0;
    List<Outcome> outcomes = socket.execute(requests);
    for (int i = 0; i < requests.size(); i++) {
      Outcome outcome = outcomes.get(i);
      if (outcome.done()) {
        ended++;
      } else if (outcome.errno() != Errno.ENOENT) { // else its owner was faster
        throw NetlinkSocket.refusal(requests.get(i), outcome);
      }
    }
    return ended;
  }

  private List<Connected> connected(int family, int protocol, int states) throws IOException {
    Request dump =
        Request.of("SOCK_DIAG_BY_FAMILY", "dump", SOCK_DIAG_BY_FAMILY, 0)
            .u8(family, protocol, 0, 0)
            .u32(states)
            .u32(new int[ID_WORDS]);
    return socket.dump(dump, message -> List.of(read(message, protocol)));
  }

  private static Connected read(Message message, int protocol) throws MalformedMessageException {
    var _ = message.attributes(HEADER_BYTES); // checks the length
    int family = message.u8(0);
    Ends ends =
        new Ends(
            end(message, family, ID_AT, SOURCE_AT),
            end(message, family, ID_AT + PORT_BYTES, SOURCE_AT + ADDRESS_BYTES));
    Request destroy =
        Request.of("SOCK_DESTROY", Addresses.text(ends.local()), SOCK_DESTROY, 0)
            .u8(family, protocol, 0, 0)
            .u32(WITH_A_PEER);
    for (int i = 0; i < ID_WORDS; i++) {
      destroy.u32(message.u32(ID_AT + 4 * i));
    }
    return new Connected(ends, destroy);
  }

  /** Ports and addresses of a socket are in network byte order, whatever the host's. */
  private static InetSocketAddress end(Message message, int family, int portAt, int addressAt) {
    byte[] bytes = new byte[family == SocketAddress.AF_INET ? 4 : ADDRESS_BYTES];
    message.body().get(addressAt, bytes);
    int port = message.u8(portAt) << 8 | message.u8(portAt + 1);
    return new InetSocketAddress(Addresses.ofBytes(bytes), port);
  }

  @Override
  public void close() {
    socket.close();
  }
}
