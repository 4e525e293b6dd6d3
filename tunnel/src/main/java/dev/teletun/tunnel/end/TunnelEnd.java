package dev.teletun.tunnel.end;

import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.protocol.count.Counters;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.mtu.RouterDuty;
import dev.teletun.tunnel.transport.Inbox;
import dev.teletun.tunnel.transport.PacketSink;
import dev.teletun.tunnel.transport.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One end of a tunnel: packets between a local port and the peer, both ways, on one loop thread.
 *
 * <pre>
 *   port ──► filter, router's duty, split ──► the transport in force
 *   port ◄── merge ◄── filter ◄────────────── any transport
 * </pre>
 *
 * The port may come late, go and be replaced, and so may transports. While there is no port,
 * packets from the peer go to a {@link PacketSink} or are dropped and counted. Loop thread only.
 */
public final class TunnelEnd implements Inbox, Closeable {

  /** What the end tells its owner. */
  public interface Listener {
    /** The local port is gone, with the failure that said so or null for an ordinary end. */
    void portEnded(@Nullable IOException failure);
  }

  /** Longer a full port does not keep us from hearing the peer's handshakes and farewell. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Listener listener;
  private final RouterDuty duty;
  private final SendPump sending;
  private final ReceivePump receiving;
  private final Drops drops = new Drops();
  private final Traffic traffic = new Traffic();
  private final Set<Transport> transports = new LinkedHashSet<>();
  private @Nullable Transport transport;
  private boolean held;
  private long droppedBefore; // by the port, when it came
  private long droppedByGone; // transports and ports
  private @Nullable Watch portWatch;
  private @Nullable PacketPort port;
  // Runs from when the port is full until it has room again.
  private @Nullable Closeable pause;

  /**
   * An end with neither port nor transport. The caller keeps the loop.
   *
   * @param tunnelMtu bytes of the largest packet that goes to the peer as it is
   */
  public TunnelEnd(Side side, EventLoop loop, int tunnelMtu, Listener listener) {
    this.loop = loop;
    this.listener = listener;
    duty = new RouterDuty(tunnelMtu);
    sending = new SendPump(side, duty, drops, traffic);
    receiving = new ReceivePump(side, drops, traffic);
    tunnelMtu(tunnelMtu);
  }

  /** Takes the addresses that packets are filtered by; until then none passes. */
  public void filter(InnerFilter addresses) {
    sending.filter(addresses);
    receiving.filter(addresses);
  }

  /**
   * Packets larger than this are fragmented or answered with "too big", and TCP is told to send
   * none.
   */
  public void tunnelMtu(int bytes) {
    duty.linkMtu(bytes);
    sending.tunnelMtu(bytes);
    receiving.tunnelMtu(bytes);
  }

  /** Who sees packets while there is no port. */
  public void early(PacketSink whilePortless) {
    receiving.early(whilePortless);
  }

  /** Packets may come by {@code another} too from now on; it stays the caller's. */
  public void receiveFrom(Transport another) {
    transports.add(another);
    another.reading(pause == null);
  }

  /** Packets leave by {@code next} from now on, which stays the caller's; null drops them. */
  public void sendBy(@Nullable Transport next) {
    transport = next;
    held = false;
    if (next != null && next.isOpen()) {
      sending.goOn(next);
    }
    followTransport();
  }

  /**
   * Whether what leaves arrives, as far as is known. If not, it is sent all the same, and senders
   * of TCP are told, so that they try again soon.
   */
  public void hasWay(boolean one) {
    sending.hasWay(one);
  }

  /** Packets wait in the port, whose queue is bounded, until the next {@link #sendBy}. */
  public void hold() {
    held = true;
    followTransport();
  }

  /** {@code next} does what {@code old} did, which is about to be closed by its owner. */
  public void replace(Transport old, Transport next) {
    receiveFrom(next);
    if (old.equals(transport)) {
      sendBy(next);
    }
    forget(old);
  }

  /** {@code gone} is about to be closed by its owner. */
  public void forget(Transport gone) {
    if (transports.remove(gone)) {
      droppedByGone += gone.dropped();
    }
    if (gone.equals(transport)) {
      sendBy(null);
    }
  }

  /** Connects the local port, which stays the caller's. */
  public void attach(PacketPort local) throws IOException {
    detach();
    port = local;
    droppedBefore = local.dropped();
    PortReady ready = new PortReady();
    portWatch = loop.watch(local.fd(), ready);
    followTransport();
    ready.readable(); // frames that came with the greeting make no descriptor readable
  }

  /** Lets go of the local port. */
  public void detach() throws IOException {
    if (portWatch != null) {
      portWatch.close();
    }
    portWatch = null;
    endPause();
    if (port != null) {
      droppedByGone += port.dropped() - droppedBefore;
    }
    port = null;
  }

  /** Sends one packet of the caller's own, unfiltered, if a transport is open. */
  public void send(byte[] packet) {
    Transport to = transport;
    if (to != null) {
      to.send(packet, 0, packet.length);
      to.flush();
    }
  }

  /** How many packets went to the peer. */
  public long packetsToPeer() {
    return traffic.toPeer();
  }

  /** How many packets went to the peer that not every path carries whole. Loop thread. */
  public long largeToPeer() {
    return traffic.largeToPeer();
  }

  /** Makes its counters readable, on the loop's thread. */
  public void register(Counters counters) {
    counters.family(
        "teletun_packets", "Packets of IP through the tunnel.", "direction", traffic::packets);
    counters.family(
        "teletun_bytes", "Bytes of packets of IP through the tunnel.", "direction", traffic::bytes);
    counters.count(
        "teletun_larger_than_path",
        "IPv6 packets to the peer that the path carries in outer fragments only.",
        traffic::countLargerThanPath);
    counters.family(
        "teletun_dropped_packets", "Packets dropped, and why.", "reason", drops::byReason);
    counters.count(
        "teletun_queue_dropped_packets",
        "Packets dropped because a socket or device took no more for too long.",
        this::droppedByQueues);
    counters.family(
        "teletun_router_packets",
        "Packets from here as a router in front of the tunnel treated them.",
        "duty",
        duty::counts);
  }

  private long droppedByQueues() {
    long sum = droppedByGone + (port == null ? 0 : port.dropped() - droppedBefore);
    for (Transport open : transports) {
      sum += open.dropped();
    }
    return sum;
  }

  /** What was dropped so far. */
  public Drops drops() {
    return drops;
  }

  @Override
  public void close() throws IOException {
    detach();
    transport = null;
    transports.clear();
  }

  @Override
  public void begin() {
    receiving.begin(port);
  }

  @Override
  public boolean isFull() {
    return receiving.isBlocked();
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {
    receiving.packet(bytes, at, length);
  }

  @Override
  public void finish() {
    try {
      portWritten(receiving.finish());
    } catch (IOException e) {
      portFailed(e);
    }
  }

  @Override
  public void unblocked(Transport again) {
    if (again.equals(transport) && !held) {
      sending.goOn(again);
      followTransport();
    }
  }

  /** A turn that wrote nothing says nothing of what an earlier one left: only a flush does. */
  private void portWritten(boolean nothingKept) {
    if (!nothingKept && portWatch != null) {
      portWatch.writing(true);
      pause();
    }
  }

  /**
   * Leaves what arrives in the transports' own bounded buffers while the port is full, for a while:
   * dropped here it would be whole superpackets.
   */
  private void pause() {
    if (pause == null) {
      pause = loop.schedule(LONGEST_PAUSE, () -> receive(true));
      receive(false);
    }
  }

  private void endPause() throws IOException {
    if (pause != null) {
      pause.close();
      pause = null;
      receive(true);
    }
  }

  private void receive(boolean on) {
    transports.forEach(t -> t.reading(on));
  }

  private void portFailed(@Nullable IOException failure) {
    try {
      detach();
    } catch (IOException e) {
      listener.portEnded(e);
      return;
    }
    listener.portEnded(failure);
  }

  /** Stops reading from the port while the transport takes no more: the port's queue is bounded. */
  private void followTransport() {
    Transport to = transport;
    if (portWatch != null) {
      portWatch.reading(!held && (to == null || !to.isBlocked()));
    }
  }

  private final class PortReady implements Ready {
    @Override
    public void readable() {
      PacketPort local = port;
      if (local == null || held) {
        return;
      }
      try {
        if (!sending.turn(local, transport)) {
          portFailed(null);
        }
      } catch (IOException e) {
        portFailed(e);
      }
      followTransport();
    }

    @Override
    public void writable() {
      PacketPort local = port;
      try {
        boolean flushed = local == null || local.flush();
        if (flushed && portWatch != null) {
          portWatch.writing(false);
          endPause();
        }
      } catch (IOException e) {
        portFailed(e);
      }
    }
  }
}
