package dev.teletun.tunnel.association;

import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.linux.udp.UdpPeer;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The few handshakes that go on at once, and who must give way to whom when there are no more
 * places: anybody who can receive at an address can begin one and fall silent.
 *
 * <ul>
 *   <li>The address that the control connection comes from goes before strangers, at once.
 *   <li>A network that holds more places than the newcomer's would gives one up, at once.
 *   <li>Anybody else keeps his place for {@link #GRACE_NANOS}, which a living peer does not need.
 * </ul>
 *
 * So at most about eight begin in a second, however many ask. Loop thread only.
 */
final class HandshakesUnderWay {
  static final int MOST = 4;
  static final long GRACE_NANOS = 1_000_000_000;

  private static final int SITE_BYTES = 8; // one subscriber has an IPv6 /64 (RFC 6177)

  private record Entry(Handshake handshake, long begunNanos) {}

  private final LongSupplier nanoClock;
  private final Map<UdpPeer, Entry> oldestFirst = new LinkedHashMap<>();
  private @Nullable InetAddress expected;

  HandshakesUnderWay(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Who is to go before others; null for nobody. */
  void expect(@Nullable InetAddress address) {
    expected = address;
  }

  @Nullable Handshake of(UdpPeer peer) {
    Entry entry = oldestFirst.get(peer);
    return entry == null ? null : entry.handshake;
  }

  int size() {
    return oldestFirst.size();
  }

  /** True if {@code newcomer} may begin; another may have been given up for that. */
  boolean makePlaceFor(UdpPeer newcomer) {
    if (oldestFirst.size() < MOST) {
      return true;
    }
    Optional<UdpPeer> loser = whoGivesWayTo(newcomer);
    loser.map(oldestFirst::remove).ifPresent(entry -> entry.handshake.abandon());
    return loser.isPresent();
  }

  private Optional<UdpPeer> whoGivesWayTo(UdpPeer newcomer) {
    long now = nanoClock.getAsLong();
    boolean favoured = isExpected(newcomer);
    long shareOfNewcomer = share(newcomer) + 1;
    return oldestFirst.entrySet().stream()
        .filter(entry -> favoured || !isExpected(entry.getKey()))
        .filter(entry ->
            (favoured && !isExpected(entry.getKey()))
                || share(entry.getKey()) > shareOfNewcomer
                || now - entry.getValue().begunNanos >= GRACE_NANOS)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private boolean isExpected(UdpPeer peer) {
    return expected != null && expected.equals(addressOf(peer));
  }

  private long share(UdpPeer peer) {
    byte[] network = network(peer);
    return oldestFirst.keySet().stream()
        .filter(other -> Arrays.equals(network, network(other)))
        .count();
  }

  private static byte[] network(UdpPeer peer) {
    byte[] address = addressOf(peer).getAddress();
    return address.length == 4 ? address : Arrays.copyOf(address, SITE_BYTES);
  }

  private static InetAddress addressOf(UdpPeer peer) {
    return peer.address().getAddress();
  }

  void add(UdpPeer peer, Handshake handshake) {
    oldestFirst.put(peer, new Entry(handshake, nanoClock.getAsLong()));
  }

  /** False if {@code handshake} was given up before. */
  boolean remove(UdpPeer peer, Handshake handshake) {
    boolean present = handshake.equals(of(peer));
    if (present) {
      oldestFirst.remove(peer);
    }
    return present;
  }

  void abandonAll() {
    oldestFirst.values().forEach(entry -> entry.handshake.abandon());
    oldestFirst.clear();
  }
}
