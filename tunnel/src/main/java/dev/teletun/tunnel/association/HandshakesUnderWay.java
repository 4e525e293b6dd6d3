package dev.teletun.tunnel.association;

import dev.teletun.dtls.handshake.Handshake;
import dev.teletun.dtls.handshake.VerifiedHello;
import dev.teletun.linux.udp.UdpPeer;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The few handshakes that go on at once, and who must give way to whom when there are no more
 * places: anybody who can receive at an address can begin one and fall silent.
 *
 * <ul>
 *   <li>The address that the control connection comes from goes before strangers, at once.
 *   <li>A network that holds more places than the newcomer's would gives one up, at once.
 *   <li>A newer hello replaces an older one of the same address and port, which may be a copy that
 *       somebody else sent, at once: its flights would confuse whoever sent the newer.
 *   <li>Anybody else keeps his place for {@link #GRACE_NANOS}, which a living peer does not need.
 * </ul>
 *
 * So at most about eight begin in a second, however many ask. Loop thread only.
 */
final class HandshakesUnderWay {
  static final int MOST = 4;
  static final long GRACE_NANOS = 1_000_000_000;

  /**
   * Between two replacements, of the client's address and of all others: eight a second of each.
   */
  private static final long REPLACEMENT_NANOS = 125_000_000;

  private static final int SITE_BYTES = 8; // one subscriber has an IPv6 /64 (RFC 6177)

  // Longer than a cookie is good for, at the eight that begin in a second.
  private static final int SPENT_HELLOS = 1024;

  private record Entry(Handshake handshake, ByteBuffer hello, long begunNanos) {}

  private final LongSupplier nanoClock;
  private final Map<UdpPeer, Entry> oldestFirst = new LinkedHashMap<>();
  private final Set<ByteBuffer> spent = new LinkedHashSet<>(); // oldest first
  private final long[] replacedNanos = new long[2]; // the client's address, others
  private @Nullable InetAddress expected;

  HandshakesUnderWay(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    Arrays.fill(replacedNanos, nanoClock.getAsLong() - REPLACEMENT_NANOS);
  }

  /** What a cookie is bound to: address and port (RFC 6347 §4.2.1). */
  static byte[] identify(UdpPeer peer) {
    byte[] address = addressOf(peer).getAddress();
    byte[] id = Arrays.copyOf(address, address.length + 2);
    id[address.length] = (byte) (peer.address().getPort() >> 8);
    id[address.length + 1] = (byte) peer.address().getPort();
    return id;
  }

  /** Who is to go before others; null for nobody. */
  void expect(@Nullable InetAddress address) {
    expected = address;
  }

  @Nullable Handshake of(UdpPeer peer) {
    Entry entry = oldestFirst.get(peer);
    return entry == null ? null : entry.handshake;
  }

  /** The one that this very hello began. */
  @Nullable Handshake begunBy(UdpPeer peer, VerifiedHello hello) {
    Entry entry = oldestFirst.get(peer);
    return entry != null && entry.hello.equals(ByteBuffer.wrap(hello.random()))
        ? entry.handshake
        : null;
  }

  int size() {
    return oldestFirst.size();
  }

  /**
   * True if {@code newcomer} may begin with this hello; another may have been given up for that.
   */
  boolean makePlaceFor(UdpPeer newcomer, VerifiedHello hello) {
    ByteBuffer random = ByteBuffer.wrap(hello.random());
    if (spent.contains(random)) {
      return false;
    }
    Entry older = oldestFirst.get(newcomer);
    if (older != null) {
      return replace(newcomer, older);
    }
    if (oldestFirst.size() < MOST) {
      return true;
    }
    Optional<UdpPeer> loser = whoGivesWayTo(newcomer);
    loser.map(oldestFirst::remove).ifPresent(entry -> entry.handshake.abandon());
    return loser.isPresent();
  }

  private boolean replace(UdpPeer peer, Entry older) {
    long now = nanoClock.getAsLong();
    int whose = isExpected(peer) ? 0 : 1;
    if (now - replacedNanos[whose] < REPLACEMENT_NANOS) {
      return false;
    }
    replacedNanos[whose] = now;
    oldestFirst.remove(peer);
    older.handshake.abandon();
    spend(older);
    return true;
  }

  /** What ended or was replaced begins no handshake again, whoever repeats it. */
  private void spend(Entry entry) {
    if (spent.size() >= SPENT_HELLOS) {
      spent.remove(spent.iterator().next());
    }
    spent.add(entry.hello);
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

  void add(UdpPeer peer, VerifiedHello hello, Handshake handshake) {
    oldestFirst.put(
        peer, new Entry(handshake, ByteBuffer.wrap(hello.random()), nanoClock.getAsLong()));
  }

  /**
   * Takes one out that has ended.
   *
   * @return false if it was given up before
   */
  boolean ended(UdpPeer peer, Handshake handshake) {
    Entry entry = oldestFirst.get(peer);
    if (entry == null || !entry.handshake.equals(handshake)) {
      return false;
    }
    oldestFirst.remove(peer);
    spend(entry);
    return true;
  }

  void abandonAll() {
    oldestFirst.values().forEach(entry -> entry.handshake.abandon());
    oldestFirst.clear();
  }
}
