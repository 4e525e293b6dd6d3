package dev.teletun.tunnel.end;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import dev.teletun.linux.loop.EventLoop;
import dev.teletun.linux.loop.Ready;
import dev.teletun.linux.loop.Watch;
import dev.teletun.linux.port.PacketPort;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.mtu.RouterDuty;
import dev.teletun.tunnel.association.Associations;
import dev.teletun.tunnel.transport.TrainSender;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a tunnel: packets between a local port and the peer, both ways, on one loop thread.
 *
 * <p>The port may come late, go and be replaced. While there is none, packets from the peer go to a
 * {@link PacketListener} or are dropped and counted. Everything but {@link #open} is for the loop
 * thread.
 */
public final class TunnelEnd implements Closeable {

  /** What the end tells its owner. */
  public interface Listener extends TrainSender.TooBig {
    /** The local port is gone, with the failure that said so or null for an ordinary end. */
    void portEnded(@Nullable IOException failure);
  }

  /** Longer a full port does not keep us from hearing the peer's handshakes and farewell. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Associations associations;
  private final Listener listener;
  private final RouterDuty duty;
  private final TrainSender sender;
  private final SendPump sending;
  private final ReceivePump receiving;
  private final Drops drops = new Drops();
  private @Nullable Watch socketWatch;
  private @Nullable Watch portWatch;
  private @Nullable PacketPort port;
  // Runs from when the port is full until it has room again.
  private @Nullable Closeable pause;

  private TunnelEnd(
      Side side,
      EventLoop loop,
      UdpSocket socket,
      Associations associations,
      int tunnelMtu,
      Listener listener) {
    this.loop = loop;
    this.associations = associations;
    this.listener = listener;
    duty = new RouterDuty(tunnelMtu);
    sender = new TrainSender(socket, listener);
    sending = new SendPump(side, sender, duty, drops);
    receiving = new ReceivePump(side, socket, associations, drops);
  }

  /**
   * Begins to receive. The caller keeps loop, socket and associations.
   *
   * @param tunnelMtu bytes of the largest packet that goes to the peer as it is
   */
  public static TunnelEnd open(
      Side side,
      EventLoop loop,
      UdpSocket socket,
      Associations associations,
      int tunnelMtu,
      Listener listener)
      throws IOException {
    TunnelEnd end = new TunnelEnd(side, loop, socket, associations, tunnelMtu, listener);
    Watch watch = loop.watch(socket.fd(), end.new SocketReady());
    loop.execute(() -> {
      end.socketWatch = watch;
      watch.reading(true);
    });
    return end;
  }

  /** Takes the addresses that packets are filtered by; until then none passes. */
  public void filter(InnerFilter addresses) {
    sending.filter(addresses);
    receiving.filter(addresses);
  }

  /** Packets larger than this are fragmented or answered with "too big". */
  public void tunnelMtu(int bytes) {
    duty.linkMtu(bytes);
  }

  /** Who sees packets while there is no port. */
  public void early(PacketListener early) {
    receiving.listener(early);
  }

  /** Connects the local port, which stays the caller's. */
  public void attach(PacketPort local) throws IOException {
    detach();
    port = local;
    PortReady ready = new PortReady();
    portWatch = loop.watch(local.fd(), ready);
    portWatch.reading(!sender.isBlocked());
    ready.readable(); // frames that came with the greeting make no descriptor readable
  }

  /** Lets go of the local port. */
  public void detach() throws IOException {
    if (portWatch != null) {
      portWatch.close();
    }
    portWatch = null;
    endPause();
    port = null;
  }

  /** Sends one packet of the caller's own, unfiltered, if there is an association. */
  public void send(byte[] packet) {
    Association to = associations.current();
    UdpPeer peer = associations.peer();
    if (to != null && peer != null) {
      sender.add(to, peer, packet, 0, packet.length);
      sender.flush();
    }
  }

  /** Delivers records that {@code source} passes to a sink, as if they had just arrived. */
  public void feed(Consumer<RecordSink> source) throws IOException {
    receiving.begin(port);
    source.accept(receiving);
    portWritten(receiving.finish());
  }

  /** When a record last came from the peer, on the clock of System.nanoTime. Any thread. */
  public long heardNanos() {
    return receiving.heardNanos();
  }

  /** What was dropped so far. */
  public Drops drops() {
    return drops;
  }

  @Override
  public void close() throws IOException {
    detach();
    if (socketWatch != null) {
      socketWatch.close();
    }
    socketWatch = null;
  }

  /** A turn that wrote nothing says nothing of what an earlier one left: only a flush does. */
  private void portWritten(boolean nothingKept) {
    if (!nothingKept && portWatch != null) {
      portWatch.writing(true);
      pause();
    }
  }

  /**
   * Leaves what arrives in the socket's own bounded buffer while the port is full, for a while:
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
    if (socketWatch != null) {
      socketWatch.reading(on);
    }
  }

  private void portFailed(@Nullable IOException failure) throws IOException {
    detach();
    listener.portEnded(failure);
  }

  /** Stops reading from the port while the socket takes no more: the kernel's queue is bounded. */
  private void followSocket() {
    boolean blocked = sender.isBlocked();
    if (socketWatch != null) {
      socketWatch.writing(blocked);
    }
    if (portWatch != null) {
      portWatch.reading(!blocked);
    }
  }

  private final class SocketReady implements Ready {
    @Override
    public void readable() throws IOException {
      try {
        portWritten(receiving.turn(port));
      } catch (IOException e) {
        portFailed(e);
      }
    }

    @Override
    public void writable() throws IOException {
      sender.flush();
      sending.goOn(associations);
      followSocket();
    }
  }

  private final class PortReady implements Ready {
    @Override
    public void readable() throws IOException {
      PacketPort local = port;
      if (local == null) {
        return;
      }
      try {
        if (!sending.turn(local, associations)) {
          portFailed(null);
        }
      } catch (IOException e) {
        portFailed(e);
      }
      if (sender.isBlocked()) {
        followSocket();
      }
    }

    @Override
    public void writable() throws IOException {
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
