package dev.teletun.linux.netlink;

import java.nio.ByteBuffer;

/**
 * What the kernel answered to one request.
 *
 * @param errno 0 if it was done, else the positive error number
 * @param text the kernel's own explanation (NETLINK_EXT_ACK, Linux ≥ 4.12), or empty
 */
public record Outcome(int errno, String text) {
  /** Done. */
  public static final Outcome DONE = new Outcome(0, "");

  // include/uapi/linux/netlink.h
  private static final int NLM_F_CAPPED = 0x100;
  private static final int NLM_F_ACK_TLVS = 0x200;
  private static final int NLMSGERR_ATTR_MSG = 1;

  /** Reads the body of NLMSG_ERROR, which also carries success, or of NLMSG_DONE. */
  static Outcome of(Message answer) throws MalformedMessageException {
    ByteBuffer body = answer.body();
    if (body.limit() < 4) {
      if (answer.type() == Message.NLMSG_DONE) {
        return DONE;
      }
      throw tooShort(body);
    }
    int errno = -body.getInt(0);
    if (errno == 0) {
      return DONE;
    }
    boolean explained = (answer.flags() & NLM_F_ACK_TLVS) != 0;
    return new Outcome(errno, explained ? text(answer) : "");
  }

  private static String text(Message answer) throws MalformedMessageException {
    ByteBuffer body = answer.body();
    int at = 4; // int error
    if (answer.type() == Message.NLMSG_ERROR) {
      // struct nlmsgerr goes on with the request: its header alone if capped, else all of it
      boolean capped = (answer.flags() & NLM_F_CAPPED) != 0;
      int echoed = body.limit() < 8 || capped ? Request.HEADER_BYTES : body.getInt(4);
      at += (echoed + 3) & ~3;
    }
    if (at < 0 || at > body.limit()) {
      throw tooShort(body);
    }
    Attributes found = Attributes.of(body.slice(at, body.limit() - at));
    return found.text(NLMSGERR_ATTR_MSG).orElse("");
  }

  private static MalformedMessageException tooShort(ByteBuffer body) {
    return new MalformedMessageException(
        "netlink error message of %d bytes is shorter than its contents".formatted(body.limit()));
  }

  /** True if the kernel did what was asked. */
  public boolean done() {
    return errno == 0;
  }
}
