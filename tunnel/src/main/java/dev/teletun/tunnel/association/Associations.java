package dev.teletun.tunnel.association;

import dev.teletun.dtls.association.Association;
import dev.teletun.linux.udp.DatagramTrain;
import dev.teletun.linux.udp.UdpPeer;
import dev.teletun.tunnel.transport.PacketSink;
import org.jspecify.annotations.Nullable;

/** The associations behind one UDP socket. Loop thread only. */
public interface Associations {

  /** Gives every datagram of {@code train} to the handshake or association it belongs to. */
  void received(DatagramTrain train, PacketSink out);

  /** The association to send on, or null while none may be sent on. */
  @Nullable Association current();

  /** Where {@link #current} is reached; null if there is none. */
  @Nullable UdpPeer peer();
}
