package dev.teletun.protocol.address;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Prefixes as sets of addresses: difference and union, each in as few prefixes as can be. */
public final class PrefixAlgebra {
  private static final Comparator<Prefix> BY_ADDRESS =
      Comparator.comparingInt((Prefix p) -> p.network().getAddress().length)
          .thenComparing(p -> new BigInteger(1, p.network().getAddress()))
          .thenComparingInt(Prefix::length);

  private PrefixAlgebra() {}

  /** True if some address lies in both. */
  public static boolean overlap(Prefix a, Prefix b) {
    return a.contains(b) || b.contains(a);
  }

  /** What is left of {@code whole} without {@code holes}: nothing if one of them holds it all. */
  public static List<Prefix> without(Prefix whole, Collection<Prefix> holes) {
    List<Prefix> inside = new ArrayList<>();
    for (Prefix hole : holes) {
      if (hole.contains(whole)) {
        return List.of();
      }
      if (whole.contains(hole)) {
        inside.add(hole);
      }
    }
    if (inside.isEmpty()) {
      return List.of(whole);
    }
    List<Prefix> left = new ArrayList<>();
    for (Prefix half : halves(whole)) {
      left.addAll(without(half, inside));
    }
    return left;
  }

  /**
   * The same addresses in as few prefixes as can be: what lies in another goes, and two halves
   * become their whole.
   */
  public static List<Prefix> union(Collection<Prefix> prefixes) {
    List<Prefix> sorted = prefixes.stream().distinct().sorted(BY_ADDRESS).toList();
    List<Prefix> united = new ArrayList<>();
    for (Prefix next : sorted) {
      if (united.isEmpty() || !united.getLast().contains(next)) {
        united.add(next);
        joinLast(united);
      }
    }
    return united;
  }

  /** As long as the last two are the halves of one. */
  private static void joinLast(List<Prefix> united) {
    while (united.size() > 1) {
      Prefix last = united.getLast();
      Prefix before = united.get(united.size() - 2);
      if (last.length() != before.length() || last.isIpv6() != before.isIpv6()) {
        return;
      }
      Prefix whole = new Prefix(before.network(), before.length() - 1);
      if (!whole.contains(last)) {
        return;
      }
      united.removeLast();
      united.removeLast();
      united.add(whole);
    }
  }

  /** The prefixes of {@code length} that hold the addresses, each once. */
  public static Set<Prefix> covering(Collection<InetAddress> addresses, int length) {
    Set<Prefix> covering = new LinkedHashSet<>();
    addresses.forEach(address -> covering.add(new Prefix(address, length)));
    return covering;
  }

  private static List<Prefix> halves(Prefix whole) {
    byte[] upper = whole.network().getAddress();
    upper[whole.length() / 8] |= (byte) (0x80 >> (whole.length() % 8));
    return List.of(
        new Prefix(whole.network(), whole.length() + 1),
        new Prefix(Addresses.ofBytes(upper), whole.length() + 1));
  }
}
