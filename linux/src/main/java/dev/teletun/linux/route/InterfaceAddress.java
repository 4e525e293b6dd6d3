package dev.teletun.linux.route;

import dev.teletun.linux.netlink.Attributes;
import dev.teletun.linux.netlink.MalformedMessageException;
import dev.teletun.linux.netlink.Message;
import dev.teletun.linux.netlink.Request;
import java.net.InetAddress;
import java.util.Optional;

/**
 * An address that an interface carries.
 *
 * @param prefixLength in bits; the prefix it spans is on-link
 */
public record InterfaceAddress(int interfaceIndex, InetAddress address, int prefixLength) {
  // include/uapi/linux/if_addr.h
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_FLAGS = 8;
  private static final int IFA_F_NODAD = 0x02;

  /** Bytes of {@code struct ifaddrmsg}. */
  private static final int HEADER_BYTES = 8;

  static InterfaceAddress of(Message message) throws MalformedMessageException {
    Attributes found = message.attributes(HEADER_BYTES);
    // On a point-to-point link IFA_ADDRESS is the peer; IPv6 without a peer has no IFA_LOCAL.
    Optional<InetAddress> local = found.address(IFA_LOCAL);
    InetAddress address =
        (local.isPresent() ? local : found.address(IFA_ADDRESS))
            .orElseThrow(() -> new MalformedMessageException("RTM_NEWADDR without an address"));
    return new InterfaceAddress(message.u32(4), address, message.u8(1));
  }

  /**
   * Fills a request. Without duplicate address detection: a tunnel address has no neighbours to
   * ask, and would be unusable for a second.
   */
  Request into(Request request) {
    request
        .u8(Family.of(address), prefixLength, 0, 0)
        .u32(interfaceIndex)
        .attribute(IFA_LOCAL, address)
        .attribute(IFA_ADDRESS, address);
    return Family.isIpv6(address) ? request.attribute(IFA_FLAGS, IFA_F_NODAD) : request;
  }

  /** As {@code 10.0.2.7/32 dev 5}. */
  @Override
  public String toString() {
    return "%s/%d dev %d".formatted(address.getHostAddress(), prefixLength, interfaceIndex);
  }
}
