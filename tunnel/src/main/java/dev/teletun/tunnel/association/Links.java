package dev.teletun.tunnel.association;

import dev.teletun.linux.udp.UdpPeer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client's few associations behind one socket, newest first. Loop thread only. */
final class Links {
  private static final int MOST = 4;

  // Gone through by index for each datagram: an iterator would be garbage each time.
  private final List<Link> newestFirst = new ArrayList<>(MOST);

  /** Adds one that has just been made; {@code current} is the last to give way to it. */
  void add(Link link, @Nullable Link current) {
    if (newestFirst.size() == MOST) {
      forgetOldestBut(current);
    }
    newestFirst.removeIf(other -> other.peer().equals(link.peer())); // it has begun anew
    newestFirst.addFirst(link);
  }

  /** What is as old as the one in force has shown no token: it is nobody's. */
  private void forgetOldestBut(@Nullable Link current) {
    Link oldest = newestFirst.removeLast();
    if (oldest.equals(current)) {
      newestFirst.removeLast();
      newestFirst.addLast(oldest);
    }
  }

  void keepOnly(Link link) {
    newestFirst.removeIf(other -> !other.equals(link));
  }

  /** True if it was there. */
  boolean remove(Link link) {
    return newestFirst.remove(link);
  }

  void clear() {
    newestFirst.clear();
  }

  boolean contains(Link link) {
    return newestFirst.contains(link);
  }

  boolean isEmpty() {
    return newestFirst.isEmpty();
  }

  /** A copy, newest first. */
  List<Link> all() {
    return List.copyOf(newestFirst);
  }

  @Nullable Link at(UdpPeer peer) {
    for (int i = 0; i < newestFirst.size(); i++) {
      Link link = newestFirst.get(i);
      if (link.peer().equals(peer)) {
        return link;
      }
    }
    return null;
  }

  /** The one whose connection ID the datagram carries, wherever it comes from. */
  @Nullable Link named(byte[] bytes, int at, int size) {
    for (int i = 0; i < newestFirst.size(); i++) {
      Link link = newestFirst.get(i);
      if (link.association().ownConnectionId().isOf(bytes, at, size)) {
        return link;
      }
    }
    return null;
  }
}
