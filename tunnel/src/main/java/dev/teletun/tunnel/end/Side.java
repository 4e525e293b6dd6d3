package dev.teletun.tunnel.end;

import dev.teletun.protocol.filter.InnerFilter;
import dev.teletun.protocol.packet.Verdict;
import java.nio.ByteBuffer;

/** Which end of the tunnel this is, and so which way outbound goes. */
public enum Side {
  /** Sends outbound packets to its peer. */
  CLIENT {
    @Override
    Verdict toPeer(InnerFilter filter, ByteBuffer packet, int at, int length) {
      return filter.outbound(packet, at, length);
    }

    @Override
    Verdict fromPeer(InnerFilter filter, byte[] packet, int at, int length) {
      return filter.inbound(packet, at, length);
    }
  },
  /** Receives outbound packets from its peer. */
  SERVER {
    @Override
    Verdict toPeer(InnerFilter filter, ByteBuffer packet, int at, int length) {
      return filter.inbound(packet, at, length);
    }

    @Override
    Verdict fromPeer(InnerFilter filter, byte[] packet, int at, int length) {
      return filter.outbound(packet, at, length);
    }
  };

  abstract Verdict toPeer(InnerFilter filter, ByteBuffer packet, int at, int length);

  abstract Verdict fromPeer(InnerFilter filter, byte[] packet, int at, int length);
}
