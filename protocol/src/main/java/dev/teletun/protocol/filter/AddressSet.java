package dev.teletun.protocol.filter;

import dev.teletun.protocol.packet.NetworkOrder;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collection;

/** A few addresses, compared with those in packets without making objects of them. */
final class AddressSet {
  private final int[] v4;
  private final long[] v6; // pairs

  AddressSet(Collection<InetAddress> addresses) {
    int fours = (int) addresses.stream().filter(Inet4Address.class::isInstance).count();
    v4 = new int[fours];
    v6 = new long[2 * (addresses.size() - fours)];
    int next4 = 0;
    int next6 = 0;
    for (InetAddress address : addresses) {
      byte[] bytes = address.getAddress();
      if (bytes.length == 4) {
        v4[next4++] = NetworkOrder.i32(bytes, 0);
      } else {
        v6[next6++] = NetworkOrder.i64(bytes, 0);
        v6[next6++] = NetworkOrder.i64(bytes, 8);
      }
    }
  }

  boolean holdsV4(byte[] bytes, int at) {
    int address = NetworkOrder.i32(bytes, at);
    for (int one : v4) {
      if (one == address) {
        return true;
      }
    }
    return false;
  }

  boolean holdsV6(byte[] bytes, int at) {
    long high = NetworkOrder.i64(bytes, at);
    long low = NetworkOrder.i64(bytes, at + 8);
    for (int i = 0; i < v6.length; i += 2) {
      if (v6[i] == high && v6[i + 1] == low) {
        return true;
      }
    }
    return false;
  }
}
