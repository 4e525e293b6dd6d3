package dev.teletun.protocol.filter;

import dev.teletun.protocol.packet.IpCheck;
import dev.teletun.protocol.packet.Ipv4;
import dev.teletun.protocol.packet.Ipv6;
import dev.teletun.protocol.packet.NetworkOrder;
import dev.teletun.protocol.packet.Protocol;
import dev.teletun.protocol.packet.SourceRoute;
import dev.teletun.protocol.packet.Udp;
import dev.teletun.protocol.packet.Verdict;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/**
 * Lets through a tunnel end what the client may send and what is meant for the client. P, the
 * addresses of the pod, is all that the client may be.
 *
 * <p>One thread uses a filter. No method keeps the bytes or allocates.
 */
public final class InnerFilter {

  // Longest part of a packet that is looked at; a packet with more options than that is refused.
  private static final int HEADERS = 256;

  private static final int DNS_PORT = 53;

  private final AddressSet own;
  private final AddressSet nameServers;
  private final byte[] headers = new byte[HEADERS];

  /**
   * A filter that knows no exception.
   *
   * @param podAddresses P
   */
  public InnerFilter(List<InetAddress> podAddresses) {
    this(podAddresses, Set.of());
  }

  /**
   * A filter that lets the client ask name servers which are forbidden otherwise.
   *
   * @param podAddresses P
   * @param allowedLinkLocal name servers of the pod such as 169.254.20.10, a cache on its node;
   *     only their port 53, as in some clouds the metadata service has the same address; addresses
   *     that are not link-local are not looked at
   */
  public InnerFilter(List<InetAddress> podAddresses, Set<InetAddress> allowedLinkLocal) {
    own = new AddressSet(podAddresses);
    nameServers =
        new AddressSet(allowedLinkLocal.stream().filter(InetAddress::isLinkLocalAddress).toList());
  }

  /** Judges a packet that the client sends: from P, to nobody who is forbidden. */
  public Verdict outbound(byte[] packet, int at, int length) {
    Verdict form = IpCheck.check(packet, at, length);
    return form == Verdict.PASS ? outboundHeaders(packet, at, length) : form;
  }

  /** The same for a buffer in big endian order; position and limit mean nothing. */
  public Verdict outbound(ByteBuffer packet, int at, int length) {
    Verdict form = IpCheck.check(packet, at, length);
    return form == Verdict.PASS ? outboundHeaders(copyOf(packet, at, length), 0, length) : form;
  }

  /** Judges a packet to the client: for P, from somebody else who can be. */
  public Verdict inbound(byte[] packet, int at, int length) {
    Verdict form = IpCheck.check(packet, at, length);
    return form == Verdict.PASS ? inboundHeaders(packet, at) : form;
  }

  /** The same for a buffer in big endian order; position and limit mean nothing. */
  public Verdict inbound(ByteBuffer packet, int at, int length) {
    Verdict form = IpCheck.check(packet, at, length);
    return form == Verdict.PASS ? inboundHeaders(copyOf(packet, at, length), 0) : form;
  }

  private byte[] copyOf(ByteBuffer packet, int at, int length) {
    packet.get(at, headers, 0, Math.min(length, HEADERS));
    return headers;
  }

  private Verdict outboundHeaders(byte[] packet, int at, int length) {
    if (isV4(packet, at)) {
      if (!own.holdsV4(packet, at + Ipv4.SOURCE)) {
        return Verdict.WRONG_SOURCE;
      }
      return forbiddenIf(
          (ForbiddenDestinations.holdV4(packet, at + Ipv4.DESTINATION)
                  && !isQueryV4(packet, at, length))
              || SourceRoute.inIpv4(packet, at));
    }
    if (!own.holdsV6(packet, at + Ipv6.SOURCE)) {
      return Verdict.WRONG_SOURCE;
    }
    return forbiddenIf(
        (ForbiddenDestinations.holdV6(packet, at + Ipv6.DESTINATION)
                && !isQueryV6(packet, at, length))
            || SourceRoute.inIpv6(packet, at, Math.min(length, HEADERS)));
  }

  /** A later fragment, which has no port, is none. */
  private boolean isQueryV4(byte[] packet, int at, int length) {
    int header = Ipv4.headerLength(packet, at);
    return nameServers.holdsV4(packet, at + Ipv4.DESTINATION)
        && !Ipv4.isFragment(packet, at)
        && isToDns(packet, at + header, length - header, packet[at + Ipv4.PROTOCOL]);
  }

  private boolean isQueryV6(byte[] packet, int at, int length) {
    return nameServers.holdsV6(packet, at + Ipv6.DESTINATION)
        && isToDns(packet, at + Ipv6.HEADER, length - Ipv6.HEADER, packet[at + Ipv6.NEXT_HEADER]);
  }

  private static boolean isToDns(byte[] packet, int transport, int length, int protocol) {
    return (protocol == Protocol.UDP || protocol == Protocol.TCP)
        && length >= Udp.HEADER
        && NetworkOrder.u16(packet, transport + Udp.DESTINATION_PORT) == DNS_PORT;
  }

  private Verdict inboundHeaders(byte[] packet, int at) {
    boolean v4 = isV4(packet, at);
    int source = at + (v4 ? Ipv4.SOURCE : Ipv6.SOURCE);
    int destination = at + (v4 ? Ipv4.DESTINATION : Ipv6.DESTINATION);
    if (!holds(packet, destination, v4)) {
      return Verdict.WRONG_DESTINATION;
    }
    boolean wrong =
        holds(packet, source, v4) || ForbiddenDestinations.isImpossibleSource(packet, source, v4);
    return wrong ? Verdict.WRONG_SOURCE : Verdict.PASS;
  }

  private boolean holds(byte[] packet, int address, boolean v4) {
    return v4 ? own.holdsV4(packet, address) : own.holdsV6(packet, address);
  }

  private static Verdict forbiddenIf(boolean forbidden) {
    return forbidden ? Verdict.FORBIDDEN_DESTINATION : Verdict.PASS;
  }

  private static boolean isV4(byte[] packet, int at) {
    return packet[at] >> 4 == 4;
  }
}
