package dev.teletun.linux.conntrack;

import dev.teletun.linux.libc.Errno;
import dev.teletun.linux.libc.SyscallException;
import dev.teletun.linux.netlink.NetlinkSocket;
import dev.teletun.linux.netlink.Outcome;
import dev.teletun.linux.netlink.Request;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/**
 * The connection tracking table of a network namespace, both families, through ctnetlink.
 *
 * <p>Everything needs CAP_NET_ADMIN. It is the namespace in which the opening thread was. One
 * thread at a time.
 */
public final class Conntrack implements Closeable {
  private final NetlinkSocket socket;

  private Conntrack(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Opens a socket. */
  public static Conntrack open() throws IOException {
    return new Conntrack(NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER));
  }

  /** What is tracked now. */
  public List<Flow> flows() throws IOException {
    return entries().stream().map(Entry::flow).toList();
  }

  /**
   * Makes the kernel forget flows, so that their next packet meets the NAT tables anew.
   *
   * @return how many it forgot; those that ended by themselves meanwhile do not count
   */
  public int delete(Predicate<Flow> which) throws IOException {
    List<Request> deletions =
        entries().stream().filter(e -> which.test(e.flow())).map(Entry::delete).toList();
    List<Outcome> outcomes = socket.execute(deletions);
    int deleted = 0;
    for (int i = 0; i < outcomes.size(); i++) {
      Outcome outcome = outcomes.get(i);
      if (!outcome.done() && outcome.errno() != Errno.ENOENT) {
        throw NetlinkSocket.refusal(deletions.get(i), outcome);
      }
      deleted += outcome.done() ? 1 : 0;
    }
    return deleted;
  }

  private List<Entry> entries() throws IOException {
    try {
      return socket.dump(
          Entry.dump(),
          message ->
              message.type() == Entry.IPCTNL_MSG_CT_NEW ? List.of(Entry.of(message)) : List.of());
    } catch (SyscallException e) {
      if (e.errno() == Errno.EINVAL || e.errno() == Errno.EOPNOTSUPP) {
        throw new SyscallException(
            Entry.dump().toString(), e.errno(), "Load the module: modprobe nf_conntrack_netlink");
      }
      throw e;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
