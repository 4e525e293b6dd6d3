package dev.teletun.linux.nft;

import dev.teletun.linux.netlink.NetlinkSocket;
import dev.teletun.linux.netlink.Request;
import java.io.IOException;
import java.util.List;

/**
 * The number that the kernel raises with each transaction of nftables in a network namespace,
 * whoever makes it. iptables-legacy is no part of nftables.
 */
public final class RulesetGeneration {
  // include/uapi/linux/netfilter/nf_tables.h
  private static final int SUBSYSTEM = 10 << 8; // NFNL_SUBSYS_NFTABLES
  private static final int NFT_MSG_NEWGEN = SUBSYSTEM | 15;
  private static final int NFT_MSG_GETGEN = SUBSYSTEM | 16;
  private static final int NFTA_GEN_ID = 1;
  private static final int HEADER_BYTES = 4; // struct nfgenmsg

  private RulesetGeneration() {}

  /** What it is now, where the calling thread is. */
  public static int now() throws IOException {
    Request request = Request.of("NFT_MSG_GETGEN", "generation", NFT_MSG_GETGEN, 0).u8(0, 0, 0, 0);
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER)) {
      NetlinkSocket.Reply<Integer> reply =
          socket.get(
              request,
              message ->
                  message.type() == NFT_MSG_NEWGEN
                      ? List.of(
                          message.attributes(HEADER_BYTES).bigEndianU32(NFTA_GEN_ID).orElse(0))
                      : List.of());
      return reply.value().orElseThrow(() -> NetlinkSocket.refusal(request, reply.outcome()));
    }
  }
}
