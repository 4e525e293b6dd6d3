package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.dtls.association.RecordSink;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.linux.udp.UdpSocket;
import dev.teletun.protocol.data.DataMessage;
import dev.teletun.tunnel.transport.PacketSink;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One association, where it is reached, and what is said on it between packets.
 *
 * <p>The peer's address moves only on the newest authentic record: an attacker who repeats a
 * datagram from elsewhere is too late with it. Loop thread only.
 */
final class Link implements RecordSink {
  private static final int LONGEST_MESSAGE = 65_535;

  private final Association association;
  private final boolean speaksMessages;
  private final Said said;
  private final long bornNanos = System.nanoTime();
  private UdpSocket socket;
  private UdpPeer peer;
  private UdpPeer source;
  private boolean accepted;
  private volatile long heardNanos = System.nanoTime();
  private long refused;
  private int probes;
  private @Nullable PacketSink out;

  /**
   * The caller keeps the socket.
   *
   * @param speaksMessages false for a peer of version 1
   */
  Link(UdpSocket socket, UdpPeer peer, Association association, boolean speaksMessages, Said said) {
    this.socket = socket;
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
    return System.nanoTime() - bornNanos;
  }

  /** When an authentic record last came, on the clock of System.nanoTime. Any thread. */
  long heardNanos() {
    return heardNanos;
  }

  /** Packets that came before {@link #accept}. */
  long refused() {
    return refused;
  }

  /** From now on datagrams leave by another socket, to the same peer. */
  void leaveBy(UdpSocket another) {
    socket = another;
  }

  /** Opens the records of one datagram. */
  void receive(UdpPeer from, byte[] bytes, int at, int size, @Nullable PacketSink to) {
    source = from;
    out = to;
    association.receive(bytes, at, size, this);
  }

  /** Sends one message in a datagram of its own; lost like any. */
  void say(byte[] message) {
    byte[] record = new byte[Math.min(message.length, LONGEST_MESSAGE) + association.overhead()];
    int size = association.seal(message, 0, message.length, record, 0);
    socket.send(peer, record, 0, size, size);
  }

  /** Sends a packet of {@code size} bytes that the peer acknowledges if it arrives whole. */
  void probe(int size) {
    probes++;
    byte[] message = DataMessage.probe(probes, size);
    byte[] record = new byte[message.length + association.overhead()];
    int length = association.seal(message, 0, message.length, record, 0);
    try {
      socket.sendWhole(peer, record, 0, length);
    } catch (IOException _) {
      // setsockopt(2) failed: the probe was not sent, and will be taken for lost.
    }
  }

  /** Tells the peer that this is the end. */
  void sayGoodbye() {
    byte[] alert = new byte[association.overhead() + 2]; // as long as an alert (RFC 5246 §7.2)
    int size = association.closeNotify(alert, 0);
    socket.send(peer, alert, 0, size, size);
  }

  @Override
  public void packet(byte[] bytes, int at, int length) {
    heardNanos = System.nanoTime();
    if (association.lastWasNewest() && !source.equals(peer)) {
      peer = source;
      said.moved(this);
    }
    if (speaksMessages && DataMessage.isMessage(bytes, at, length)) {
      message(bytes, at, length);
    } else if (length > 0 && out != null) {
      if (accepted) {
        out.packet(bytes, at, length);
      } else {
        refused++;
      }
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
    socket.send(peer, datagram, at, length, length);
  }
}
