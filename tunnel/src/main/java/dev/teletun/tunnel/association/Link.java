package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.tunnel.transport.PacketSink;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One association, where it is reached, and what is said on it between packets.
 *
 * <p>The peer's address moves only on the newest authentic record: an attacker who repeats a
 * datagram from elsewhere is too late with it. Loop thread only.
 */
final class Link implements RecordSink {
  private final Association association;
  private final boolean speaksMessages;
  private final Said said;
  private final LongSupplier nanoClock;
  private final long bornNanos;
  private Outlet outlet;
  private UdpPeer peer;
  private UdpPeer source;
  private boolean accepted;
  private volatile long heardNanos;
  private int probes;
  private List<byte[]> kept = List.of();
  private @Nullable PacketSink out;

  /**
   * With an association that is new.
   *
   * @param speaksMessages false for a peer of version 1
   */
  Link(
      Outlet outlet,
      UdpPeer peer,
      Association association,
      boolean speaksMessages,
      Said said,
      LongSupplier nanoClock) {
    this.outlet = outlet;
    this.nanoClock = nanoClock;
    this.bornNanos = nanoClock.getAsLong();
    this.heardNanos = bornNanos;
    this.peer = peer;
    this.source = peer;
    this.association = association;
    this.speaksMessages = speaksMessages;
    this.said = said;
    this.accepted = !speaksMessages;
  }

  Association association() {
    return association;
  }

  UdpPeer peer() {
    return peer;
  }

  /** Packets are taken and may be sent from now on: the token was the right one. */
  void accept() {
    accepted = true;
  }

  boolean isAccepted() {
    return accepted;
  }

  /** Time since the handshake. */
  long ageNanos() {
    return nanoClock.getAsLong() - bornNanos;
  }

  /** When an authentic record last came, on the clock that it was given. Any thread. */
  long heardNanos() {
    return heardNanos;
  }

  /** From now on datagrams leave by another way, to the same peer. */
  void leaveBy(Outlet another) {
    outlet = another;
  }

  /** Keeps datagrams that came with the end of the handshake until somebody can take them. */
  void keep(List<byte[]> datagrams) {
    kept = datagrams;
  }

  /** What was kept, once. */
  List<byte[]> takeKept() {
    List<byte[]> taken = kept;
    kept = List.of();
    return taken;
  }

  /** Opens the records of one datagram. */
  void receive(UdpPeer from, byte[] bytes, int at, int size, @Nullable PacketSink to) {
    source = from;
    out = to;
    association.receive(bytes, at, size, this);
  }

  /** Sends one message in a datagram of its own; lost like any. */
  void say(byte[] message) {
    byte[] record = seal(message);
    outlet.send(peer, record, 0, record.length);
  }

  /** Sends a packet of {@code size} bytes that the peer acknowledges if it arrives whole. */
  void probe(int size) {
    probes++;
    byte[] record = seal(DataMessage.probe(probes, size));
    outlet.sendWhole(peer, record, 0, record.length);
  }

  private byte[] seal(byte[] message) {
    byte[] record = new byte[message.length + association.overhead()];
    association.seal(message, 0, message.length, record, 0);
    return record;
  }

  /** Tells the peer that this is the end, if it has finished the handshake (rule 2). */
  void sayGoodbye() {
    if (association.confirmed()) {
      byte[] alert = new byte[association.overhead() + 2]; // as long as an alert (RFC 5246 §7.2)
      int size = association.closeNotify(alert, 0);
      outlet.send(peer, alert, 0, size);
    }
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {
    heardNanos = nanoClock.getAsLong();
    if (association.lastWasNewest() && !source.equals(peer)) {
      peer = source;
      said.moved(this);
    }
    if (speaksMessages && DataMessage.isMessage(bytes, at, length)) {
      message(bytes, at, length);
    } else if (length > 0 && out != null && accepted) {
      out.packet(bytes, at, length);
    }
  }

  private void message(byte[] bytes, int at, int length) {
    int type = DataMessage.type(bytes, at, length);
    switch (type) {
      case DataMessage.HELLO -> said.hello(this, DataMessage.token(bytes, at));
      case DataMessage.HELLO_ACK -> said.helloAck(this);
      case DataMessage.ECHO -> answer(DataMessage.echo(DataMessage.ECHO_ACK, id(bytes, at)));
      case DataMessage.ECHO_ACK -> said.echoAck(this, id(bytes, at));
      case DataMessage.PROBE -> answer(DataMessage.probeAck(id(bytes, at), length));
      case DataMessage.PROBE_ACK -> said.probeAck(this, id(bytes, at), DataMessage.size(bytes, at));
      case DataMessage.SWITCHED -> {
        if (accepted) {
          said.switched(this, id(bytes, at), DataMessage.isFirst(bytes, at));
        }
      }
      default -> {
        // A later version's.
      }
    }
  }

  private static int id(byte[] bytes, int at) {
    return DataMessage.id(bytes, at);
  }

  private void answer(byte[] message) {
    if (accepted) {
      say(message);
    }
  }

  @Override
  public void answer(byte[] datagram, int at, int length) {
    outlet.send(peer, datagram, at, length);
  }
}
